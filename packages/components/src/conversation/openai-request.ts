import type { ConversationMessage, ConversationRequest, ToolCall } from "@mecha/spec";

/** The body of a request for a chat completion of OpenAI. */
export function openaiRequest(model: string, request: ConversationRequest): Readonly<Record<string, unknown>> {
  const { messages, tools, toolChoice, temperature, responseFormat, promptCacheRetentionMs, metadata } = request;
  return {
    model,
    messages: messages.flatMap(toMessages),
    // 0 is what the Dapr API has for none given.
    ...(temperature !== undefined && temperature > 0 && { temperature }),
    ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: "function", function: tool })) }),
    ...(tools.length > 0 && toolChoice !== undefined && { tool_choice: toToolChoice(toolChoice) }),
    ...(responseFormat !== undefined && {
      response_format: { type: "json_schema", json_schema: { name: "response", schema: responseFormat } },
    }),
    ...(promptCacheRetentionMs !== undefined && { prompt_cache_retention: toDuration(promptCacheRetentionMs) }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

/** A tool answers with one message per call; all others are one message, whatever parts they have. */
function toMessages(message: ConversationMessage): readonly Readonly<Record<string, unknown>>[] {
  const { role, name, content } = message;
  if (role === "tool") {
    const { toolCallId } = message;
    return content.map((text) => ({
      role,
      content: text,
      ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
    }));
  }
  return [
    {
      // As daprd: many servers that speak OpenAI's API know no developers.
      role: role === "developer" ? "user" : role,
      content: toContent(content),
      ...(name !== undefined && name !== "" && { name }),
      ...(role === "assistant" && message.toolCalls.length > 0 && { tool_calls: message.toolCalls.map(toToolCall) }),
    },
  ];
}

function toContent(parts: readonly string[]): unknown {
  if (parts.length === 0) return null;
  return parts.length === 1 ? parts[0] : parts.map((text) => ({ type: "text", text }));
}

function toToolCall({ id, name, arguments: written }: ToolCall): unknown {
  return { ...(id !== undefined && { id }), type: "function", function: { name, arguments: written } };
}

function toToolChoice(choice: string): unknown {
  return ["auto", "none", "required"].includes(choice) ? choice : { type: "function", function: { name: choice } };
}

/** As OpenAI writes durations: `24h`, `90s`. */
function toDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds % 3_600 === 0 ? `${String(seconds / 3_600)}h` : `${String(seconds)}s`;
}
