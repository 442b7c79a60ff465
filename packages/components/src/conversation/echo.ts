import type { ComponentDefinition, ConversationMessage, ConversationReply, ToolCall } from "@mecha/spec";

/**
 * `conversation.echo`: answers with the texts of all messages, a line each, and calls every tool that it is given, for tests; as in
 * components-contrib 1.18. Arguments of tools are the names of their parameters, sorted. A token is a word. It has no metadata.
 */
export const component: ComponentDefinition<"conversation"> = {
  type: "conversation.echo",
  async create() {
    return {
      backend: "memory",
      async converse({ messages, tools }): Promise<ConversationReply> {
        const text = messages.flatMap(linesOf).join("\n");
        const toolCalls: ToolCall[] = [
          ...tools.map(({ name, parameters = {} }, index) => ({
            id: String(index),
            name,
            arguments: Object.keys(propertiesOf(parameters)).sort().join(","),
          })),
          ...messages.flatMap((message) => (message.role === "assistant" ? message.toolCalls : [])),
        ];
        const tokens = text.split(/\s+/).filter((word) => word !== "").length;
        return {
          choices: [{ finishReason: toolCalls.length > 0 ? "tool_calls" : "stop", text, toolCalls }],
          usage: { promptTokens: tokens, completionTokens: tokens, totalTokens: tokens * 2 },
        };
      },
    };
  },
};

function linesOf(message: ConversationMessage): readonly string[] {
  if (message.role !== "tool") return message.content;
  const { toolCallId = "", name } = message;
  return message.content.map((text) => `Tool Response for tool ID '${toolCallId}' with name '${name}': ${text}`);
}

function propertiesOf({ properties }: Readonly<Record<string, unknown>>): object {
  return typeof properties === "object" && properties !== null ? properties : {};
}
