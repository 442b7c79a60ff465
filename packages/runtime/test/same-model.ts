import { type AskedCompletion, type CompletionAnswer, componentYaml } from "@mecha/conformance";
import type { ConversationMessage, ConverseOptions } from "@mecha/sdk-core";

/** Messages of a turn, and how it is to be answered. */
export type Turn = readonly [messages: readonly ConversationMessage[], options?: ConverseOptions];

/** Components of a model server that read their metadata in different ways; the last ones refuse it. */
export function modelComponents(endpoint: string): readonly string[] {
  const of = (name: string, metadata: Readonly<Record<string, string>>): string =>
    componentYaml(name, "conversation.openai", { key: "sk-secret", endpoint, ...metadata });
  const azure = { apiType: "Azure", apiVersion: "2025-01-01-preview", endpoint: new URL(endpoint).origin };
  return [
    of("model", { model: "tiny", endpoint: `${endpoint}/`, apiType: "OpenAI" }),
    of("model-of-reason", {}),
    of("model-without-system", { model: "o1-mini" }),
    of("model-of-azure", { ...azure, model: "deployed" }),
    of("model-cached", { model: "tiny", cacheTTL: "1h" }),
    ...[
      componentYaml("model-without-key", "conversation.openai", { endpoint }),
      of("model-without-version", { apiType: "azure" }),
      of("model-without-time", { responseCacheTTL: "soon" }),
    ].map((text) => `${text}  ignoreErrors: true\n`),
  ];
}

const parameters = { type: "object", properties: { place: { type: "string" } }, required: ["place"] };

/** A tool, as OpenAI knows it. */
export const weather = { name: "weather", description: "The weather of a place", parameters };

/** The shortest of turns. */
export const hello: readonly ConversationMessage[] = [{ role: "user", content: 'hello <there> & "you"' }];

const everyRole: readonly ConversationMessage[] = [
  { role: "system", content: ["be", "brief"] },
  { role: "developer", content: ["be", "kind"], name: "dev" },
  { role: "user", content: "grüß dich", name: "ann" },
  { role: "user", content: [] },
  { role: "user", content: "" },
  { role: "assistant", content: [], toolCalls: [{ id: "7", name: "weather", arguments: '{"place":"x"}' }] },
  { role: "tool", name: "weather", toolCallId: "7", content: "sunny" },
  { role: "assistant", content: "so it is", toolCalls: [{ name: "other", arguments: "" }], name: "bot" },
  { role: "tool", name: "other", content: "" },
  { role: "system", content: "again" },
];

const form = {
  name: "answer",
  description: "An answer",
  strict: true,
  type: "object",
  properties: {
    text: { type: "string", description: "what" },
    kind: { type: "string", enum: ["a", "b"] },
    list: { type: "array", items: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] } },
    open: { type: "object", properties: { a: { type: "null" } }, additionalProperties: true },
  },
  required: ["text"],
};

/** Turns, by what their requests differ in. */
export const turns: Readonly<Record<string, Turn>> = {
  "every role": [everyRole],
  "a temperature": [hello, { temperature: 0.25 }],
  tools: [hello, { tools: [weather, { name: "bare" }] }],
  "temperature 0": [hello, { temperature: 0 }],
  "no tool": [hello, { tools: [weather], toolChoice: "none" }],
  "some tool": [hello, { tools: [weather], toolChoice: "required" }],
  metadata: [hello, { metadata: { team: "a", "openai:x": "y", thinking_config: "z" } }],
  parameters: [hello, { parameters: { max_tokens: 5 }, contextId: "c" }],
  "a form": [hello, { responseFormat: form }],
};

/** Turns that daprd asks for otherwise: in a way that OpenAI refuses, or without what was wanted. */
export const turnsOfOurOwn: Readonly<Record<string, readonly [turn: Turn, sent: object, daprds: object]>> = {
  "a tool by its name": [
    [hello, { tools: [weather], toolChoice: { name: "weather" } }],
    { tool_choice: { type: "function", function: { name: "weather" } } },
    { tool_choice: "weather" },
  ],
  "the time of the prompt's cache": [
    [hello, { promptCacheRetentionMs: 86_400_000 }],
    { prompt_cache_retention: "24h" },
    { metadata: { prompt_cache_retention: "24h0m0s" } },
  ],
  "a form with words that daprd does not know": [
    [hello, { responseFormat: { type: "object", properties: { n: { type: "integer", minimum: 1 } } } }],
    {
      response_format: {
        json_schema: { schema: { properties: { n: { type: "integer", minimum: 1, additionalProperties: false } } } },
      },
    },
    { response_format: { json_schema: { schema: { properties: { n: { type: "integer" } } } } } },
  ],
};

/** What of a request is neither the client's own nor the connection's. */
export function meaningOf({ path, headers, body }: AskedCompletion): unknown {
  const told = ["authorization", "api-key", "content-type", "openai-organization"];
  return { path, headers: told.map((name) => headers[name]), body };
}

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const said = { index: 0, finish_reason: "stop", message: { role: "assistant", content: "hi" } };
const called = { id: "c1", type: "function", function: { name: "weather", arguments: '{"place":"here"}' } };
const prompt = { cached_tokens: 1, audio_tokens: 2 };
const completion = {
  reasoning_tokens: 1,
  audio_tokens: 0,
  accepted_prediction_tokens: 4,
  rejected_prediction_tokens: 5,
};

const bodies = {
  "another model": { model: "tiny-0925", choices: [said], usage },
  "no usage": { choices: [said] },
  "a usage of nothing": { choices: [said], usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } },
  "a usage in parts": {
    choices: [said],
    usage: { ...usage, prompt_tokens_details: prompt, completion_tokens_details: completion },
  },
  "a usage in empty parts": {
    choices: [said],
    usage: { ...usage, prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: null },
  },
  "a call": { choices: [{ finish_reason: "tool_calls", message: { content: null, tool_calls: [called] } }], usage },
  "a call without id": { choices: [{ message: { tool_calls: [{ ...called, id: undefined }] } }] },
  "no reason": { choices: [{ finish_reason: null, message: { content: "hi" } }] },
  "an empty text": { choices: [{ finish_reason: "stop", message: { content: "" } }], usage },
  "several choices": { choices: [said, { ...said, index: 7, finish_reason: "length" }], usage },
};

/** Answers of a server that are good, by the message that asks for them. */
export const goodAnswers = Object.keys(bodies);

/** Answers that are none, and the gRPC status that tells of them; daprd has 13 for all. */
export const badAnswers: Readonly<Record<string, readonly [answer: CompletionAnswer, status: number]>> = {
  "no choices": [{ body: { choices: [] } }, 13],
  "other json": [{ body: { no: "choices" } }, 13],
  "no json": [{ body: "<html>" }, 13],
  nothing: [{ body: "" }, 13],
  refused: [{ status: 400, body: { error: { message: "no good" } } }, 3],
  "no such key": [{ status: 401, body: { error: { message: "no such key" } } }, 13],
  "too many": [{ status: 429, body: { error: { message: "later" } } }, 8],
  broken: [{ status: 500, body: "<html>" }, 14],
};

/** Answers as the last message asks for it. */
export function answerAsAsked({ body }: AskedCompletion): CompletionAnswer {
  const messages = body["messages"] as readonly { readonly content?: unknown }[];
  const wanted = String(messages.at(-1)?.content);
  const good: unknown = Object.entries(bodies).find(([name]) => name === wanted)?.[1];
  return badAnswers[wanted]?.[0] ?? { body: good ?? { choices: [said], usage } };
}
