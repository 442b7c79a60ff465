import type { ConversationRequest } from "@mecha/spec";
import { openaiMessages } from "./openai-messages.js";

/** The body of a request for a chat completion of OpenAI, as daprd's `conversation.openai` writes it. */
export function openaiRequest(model: string, request: ConversationRequest): Readonly<Record<string, unknown>> {
  const { messages, tools, toolChoice, temperature = 0, responseFormat, promptCacheRetentionMs } = request;
  const metadata = Object.entries(request.metadata).filter(([name]) => !isOfTheClient(name));
  return {
    model,
    messages: openaiMessages(model, messages),
    ...(!isReasoning(model) && { temperature: Math.max(temperature, 0) }),
    ...(tools.length > 0 && {
      tools: tools.map(({ parameters = {}, ...tool }) => ({ type: "function", function: { ...tool, parameters } })),
    }),
    ...(tools.length > 0 && toolChoice !== undefined && { tool_choice: toToolChoice(toolChoice) }),
    ...(responseFormat !== undefined && { response_format: toResponseFormat(responseFormat) }),
    ...(promptCacheRetentionMs !== undefined && { prompt_cache_retention: toDuration(promptCacheRetentionMs) }),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
  };
}

/** These models refuse any temperature but their own. */
function isReasoning(model: string): boolean {
  return /^(?:o1-|o3$|o3-|gpt-5)/.test(model);
}

/** What daprd's client keeps for itself. */
function isOfTheClient(name: string): boolean {
  return name.startsWith("openai:") || name === "thinking_config";
}

/** The choice of a tool by its name is an object; daprd writes the bare name, which OpenAI refuses. */
function toToolChoice(choice: string): unknown {
  return ["auto", "none", "required"].includes(choice) ? choice : { type: "function", function: { name: choice } };
}

/** The schema's `name` and `strict` are the format's. */
function toResponseFormat({ name, strict, ...schema }: Readonly<Record<string, unknown>>): unknown {
  return {
    type: "json_schema",
    json_schema: {
      name: typeof name === "string" && name !== "" ? name : "response",
      strict: strict === true,
      schema: closed(schema),
    },
  };
}

/** A schema that has no more properties than it names, unless it says so itself. daprd drops all keywords that it does not know; these stay. */
function closed(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const { properties, items } = schema;
  return {
    additionalProperties: false,
    ...schema,
    ...(isObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, closed(part)])),
    }),
    ...(isObject(items) && { items: closed(items) }),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As OpenAI writes durations: `24h`, `90s`. */
function toDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds % 3_600 === 0 ? `${String(seconds / 3_600)}h` : `${String(seconds)}s`;
}
