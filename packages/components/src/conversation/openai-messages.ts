import type { ConversationMessage, ToolCall } from "@mecha/spec";

/** A message of OpenAI's API. */
type OpenaiMessage = Readonly<Record<string, unknown>>;

/**
 * The messages of a conversation as OpenAI has them, and as daprd writes them: without the names of those who speak, and with developers
 * as users, because many servers that speak OpenAI's API know no developers.
 */
export function openaiMessages(model: string, messages: readonly ConversationMessage[]): readonly OpenaiMessage[] {
  return (takesNoSystem(model) ? withoutSystem(messages) : messages).map(toMessage);
}

/** OpenAI's first reasoning models. */
function takesNoSystem(model: string): boolean {
  return /^o[13](?:-mini|-preview)?$/i.test(model);
}

/** What the system says comes before what the user says first. */
function withoutSystem(messages: readonly ConversationMessage[]): readonly ConversationMessage[] {
  const texts = messages.flatMap(({ role, content }) => (role === "system" ? content : []));
  const others = messages.filter(({ role }) => role !== "system");
  if (texts.length === 0) return others;
  const told = `${texts.join("\n\n")}\n\n`;
  const first = others.findIndex(({ role }) => role === "user" || role === "developer");
  if (first < 0) return [{ role: "user", content: [told] }, ...others];
  return others.map((message, index) =>
    index === first ? { ...message, content: [told, ...message.content] } : message,
  );
}

function toMessage(message: ConversationMessage): OpenaiMessage {
  const content = toContent(message.content);
  switch (message.role) {
    case "tool":
      return { role: "tool", content, ...(message.toolCallId !== undefined && { tool_call_id: message.toolCallId }) };
    case "assistant": {
      const calls = message.toolCalls.map(toToolCall);
      return { role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) };
    }
    default:
      return { role: message.role === "system" ? "system" : "user", content };
  }
}

function toContent(parts: readonly string[]): unknown {
  return parts.length > 1 ? parts.map((text) => ({ type: "text", text })) : (parts[0] ?? "");
}

function toToolCall({ id, name, arguments: written }: ToolCall): unknown {
  return { ...(id !== undefined && { id }), type: "function", function: { name, arguments: written } };
}
