import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ConversationRequest } from "@mecha/spec";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./openai.js";

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** A server that answers completions as it is told. */
let server: Server;
let endpoint: string;
let asked: Asked[];
let answer: { status: number; body: unknown } | "never";

const completion = {
  model: "tiny-1",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "hello" } }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } },
};

beforeEach(async () => {
  for (const name of [
    "OPENAI_MODEL",
    "AZURE_OPENAI_MODEL",
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "OPENAI_ORGANIZATION",
  ])
    vi.stubEnv(name, "");
  asked = [];
  answer = { status: 200, body: completion };
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(body) as Asked["body"] });
      server.emit("asked");
      if (answer === "never") return;
      const sent = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status, { "content-type": "application/json" }).end(sent);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1`;
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const open = (metadata: Record<string, string> = {}) =>
  component.create(testContext("conversation.openai", { key: "sk-secret", model: "tiny", endpoint, ...metadata }));

const hello: ConversationRequest = { messages: [{ role: "user", content: ["hi"] }], tools: [], metadata: {} };

it("asks for a completion and gives the answer, its model and what it cost", async () => {
  const model = await open();
  expect(await model.converse(hello)).toEqual({
    model: "tiny",
    choices: [{ finishReason: "stop", text: "hello", toolCalls: [] }],
    usage: { promptTokens: 3, completionTokens: 2, totalTokens: 5, cachedTokens: 1 },
  });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.path).toBe("/v1/chat/completions");
  expect(asked[0]?.headers.authorization).toBe("Bearer sk-secret");
  expect(asked[0]?.body).toEqual({ model: "tiny", messages: [{ role: "user", content: "hi" }], temperature: 0 });
  expect(model.backend).toBe(new URL(endpoint).origin);
});

it("carries every role, tools, and all options, as OpenAI has them", async () => {
  const parameters = { type: "object", properties: { place: { type: "string" } } };
  await (await open()).converse({
    messages: [
      { role: "system", content: ["be brief"] },
      { role: "developer", content: ["be", "kind"], name: "dev" },
      { role: "assistant", content: [], toolCalls: [{ id: "7", name: "weather", arguments: "{}" }] },
      { role: "tool", name: "weather", toolCallId: "7", content: ["sunny"] },
    ],
    tools: [{ name: "weather", description: "The weather", parameters }],
    toolChoice: "weather",
    temperature: 0.5,
    responseFormat: {
      ...{ name: "answer", strict: true, type: "object" },
      properties: { n: { type: "integer", minimum: 1 }, any: { type: "object", additionalProperties: true }, odd: 1 },
    },
    promptCacheRetentionMs: 86_400_000,
    metadata: { team: "a", "openai:use_legacy_max_tokens": "true" },
  });
  expect(asked[0]?.body).toEqual({
    model: "tiny",
    messages: [
      { role: "system", content: "be brief" },
      {
        role: "user",
        content: [
          { type: "text", text: "be" },
          { type: "text", text: "kind" },
        ],
      },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "7", type: "function", function: { name: "weather", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "7", content: "sunny" },
    ],
    tools: [{ type: "function", function: { name: "weather", description: "The weather", parameters } }],
    tool_choice: { type: "function", function: { name: "weather" } },
    temperature: 0.5,
    response_format: {
      type: "json_schema",
      json_schema: {
        name: "answer",
        strict: true,
        schema: {
          type: "object",
          additionalProperties: false,
          properties: {
            n: { type: "integer", minimum: 1, additionalProperties: false },
            any: { type: "object", additionalProperties: true },
            odd: 1,
          },
        },
      },
    },
    prompt_cache_retention: "24h",
    metadata: { team: "a" },
  });
});

it("gives models that refuse temperatures none, and those without a system what it says by the user", async () => {
  const model = await open({ model: "o1-mini" });
  const system = { role: "system", content: ["be", "brief"] } as const;
  await model.converse({ ...hello, messages: [...hello.messages, system, ...hello.messages], temperature: 0.5 });
  const text = (said: string): unknown => ({ type: "text", text: said });
  expect(asked[0]?.body).toEqual({
    model: "o1-mini",
    messages: [
      { role: "user", content: [text("be\n\nbrief\n\n"), text("hi")] },
      { role: "user", content: "hi" },
    ],
  });
  await model.converse({ ...hello, messages: [system] });
  expect(asked[1]?.body["messages"]).toEqual([{ role: "user", content: "be\n\nbrief\n\n" }]);
});

it("takes a tool's answer in one part only", async () => {
  const messages = [{ role: "tool", name: "weather", content: ["sun", "rain"] }] as const;
  await expect((await open()).converse({ ...hello, messages })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(asked).toEqual([]);
});

it("tells what it counted of a turn, and nothing where the server counts nothing", async () => {
  const model = await open();
  const usage = {
    ...completion.usage,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 3, accepted_prediction_tokens: 4, rejected_prediction_tokens: 5 },
  };
  answer = { status: 200, body: { ...completion, usage } };
  expect((await model.converse(hello)).usage).toEqual({
    ...{ promptTokens: 3, completionTokens: 2, totalTokens: 5, promptAudioTokens: 2, reasoningTokens: 3 },
    ...{ acceptedPredictionTokens: 4, rejectedPredictionTokens: 5 },
  });
  answer = { status: 200, body: { ...completion, usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } } };
  expect((await model.converse(hello)).usage).toBeUndefined();
});

it("gives the calls of tools that the model wants, and takes answers that leave things out", async () => {
  const model = await open();
  const call = { id: "c1", type: "function", function: { name: "weather", arguments: '{"place":"here"}' } };
  answer = { status: 200, body: { choices: [{ message: { content: null, tool_calls: [call] } }] } };
  expect(await model.converse(hello)).toEqual({
    model: "tiny",
    choices: [
      {
        finishReason: "unknown",
        text: "",
        toolCalls: [{ id: "c1", name: "weather", arguments: '{"place":"here"}' }],
      },
    ],
  });
  answer = { status: 200, body: { choices: [{ message: { content: "" } }] } };
  const tools = [{ name: "weather" }];
  await expect(model.converse({ ...hello, tools, toolChoice: "required" })).rejects.toMatchObject({ code: "INTERNAL" });
});

it.each([
  [400, "INVALID_ARGUMENT"],
  [401, "UNAUTHENTICATED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [429, "RESOURCE_EXHAUSTED"],
  [503, "UNAVAILABLE"],
])("tells status %i as %s, with the server's reason and without the key", async (status, code) => {
  answer = { status, body: { error: { message: "no good: sk-secret" } } };
  await expect((await open()).converse(hello)).rejects.toMatchObject({
    code,
    component: "under-test",
    message: `Component "under-test" (conversation.openai) answered ${String(status)}: no good: ***`,
  });
});

it.each([["<html>proxy</html>"], [{ no: "choices" }], [{ choices: [] }], [[]], ["null"]])(
  "refuses the answer %j",
  async (body) => {
    answer = { status: 200, body };
    await expect((await open()).converse(hello)).rejects.toMatchObject({ code: "INTERNAL" });
  },
);

it("says that nobody answers, and ends a call that is cancelled or whose component closes", async () => {
  answer = "never";
  const model = await open();
  const cancelling = new AbortController();
  const cancelled = model.converse(hello, { signal: cancelling.signal });
  await once(server, "asked");
  cancelling.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "CANCELLED" });
  const closed = model.converse(hello);
  await once(server, "asked");
  await model.close?.();
  await expect(closed).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(model.converse(hello)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect((await open()).converse(hello)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("does not answer") as string,
  });
});

it("gives a cached answer to the same request for a while, and asks again for another", async () => {
  const model = await open({ cacheTTL: "1h" });
  expect(await model.converse(hello)).toEqual(await model.converse(hello));
  expect(asked).toHaveLength(1);
  await model.converse({ ...hello, temperature: 1 });
  expect(asked).toHaveLength(2);
});

it("asks Azure with its path, version and header", async () => {
  const azure = { apiType: "azure", apiVersion: "2025-01-01", endpoint: new URL(endpoint).origin };
  await (await open(azure)).converse(hello);
  expect(asked[0]?.path).toBe("/openai/deployments/tiny/chat/completions?api-version=2025-01-01");
  expect(asked[0]?.headers["api-key"]).toBe("sk-secret");
});

it("takes model, address and organization from the environment, as daprd", async () => {
  vi.stubEnv("OPENAI_MODEL", "other");
  vi.stubEnv("OPENAI_API_BASE", endpoint);
  vi.stubEnv("OPENAI_ORGANIZATION", "acme");
  const metadata = { key: "sk-secret", model: "tiny" };
  await (await component.create(testContext("conversation.openai", metadata))).converse(hello);
  expect(asked[0]?.body["model"]).toBe("other");
  expect(asked[0]?.headers["openai-organization"]).toBe("acme");
});

it.each([
  [{ key: "" }, "key"],
  [{ endpoint: "ftp://host" }, "endpoint"],
  [{ apiType: "azure" }, "apiVersion"],
  [{ cacheTTL: "soon" }, "responseCacheTTL"],
])("refuses the metadata %j", async (metadata, key) => {
  await expect(open(metadata)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key } });
});
