import type { conversation } from "@mecha/sdk-core/protocol";
import type { ConversationMessage, ToolCall } from "@mecha/spec";
import { daprError } from "../errors/dapr-error.js";
import { scrubPii } from "./scrub-pii.js";

/** The messages of all inputs of a request, in order; texts of an input that says so without what identifies persons. */
export function toMessages(
  componentName: string,
  inputs: readonly conversation.ConversationInputAlpha2[],
): readonly ConversationMessage[] {
  return inputs.flatMap(({ messages, scrubPii: isScrubbed = false }) =>
    messages.map((message) => toMessage(componentName, message, isScrubbed ? scrubPii : (text) => text)),
  );
}

function toMessage(
  componentName: string,
  { messageTypes }: conversation.ConversationMessage,
  clean: (text: string) => string,
): ConversationMessage {
  if (messageTypes === undefined) throw invalidParams(componentName);
  const content = messageTypes.value.content.map(({ text }) => clean(text));
  const { name } = messageTypes.value;
  const named = name === undefined ? {} : { name };
  switch (messageTypes.$case) {
    case "ofSystem":
      return { role: "system", content, ...named };
    case "ofDeveloper":
      return { role: "developer", content, ...named };
    case "ofUser":
      return { role: "user", content, ...named };
    case "ofAssistant": {
      const toolCalls = messageTypes.value.toolCalls.map((call) => toToolCall(componentName, call));
      return { role: "assistant", content, toolCalls, ...named };
    }
    case "ofTool": {
      const { name: tool, toolId } = messageTypes.value;
      return { role: "tool", name: tool, content, ...(toolId !== undefined && { toolCallId: toolId }) };
    }
  }
}

function toToolCall(componentName: string, { id, toolTypes }: conversation.ConversationToolCalls): ToolCall {
  if (toolTypes === undefined) throw invalidParams(componentName);
  const { name, arguments: written } = toolTypes.value;
  return { name, arguments: written, ...(id !== undefined && { id }) };
}

/** The error for a request that makes no sense, with daprd's words. */
export function invalidParams(component: string): Error {
  return daprError("conversationInvalidParams", `failed conversing with component ${component}: invalid params`, {
    component,
  });
}
