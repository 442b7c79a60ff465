import type { conversation } from "@mecha/sdk-core/protocol";
import { JsonFields } from "../json-fields.js";

/**
 * A message of a conversation, from its JSON: one of `ofUser`, `ofSystem`, `ofDeveloper`, `ofAssistant`, `ofTool`. What is none of them is
 * refused by the component's block.
 */
export function toMessage(value: unknown): conversation.ConversationMessage {
  const message = new JsonFields(value);
  for (const $case of ["ofUser", "ofSystem", "ofDeveloper"] as const) {
    if (message.any($case) === undefined) continue;
    const own = message.fields($case);
    return { messageTypes: { $case, value: { name: own.optionalText("name"), content: contentOf(own) } } };
  }
  if (message.any("ofAssistant") !== undefined) {
    const own = message.fields("ofAssistant");
    const toolCalls = own.list("toolCalls").map(toToolCall);
    const assistant = { name: own.optionalText("name"), content: contentOf(own), toolCalls };
    return { messageTypes: { $case: "ofAssistant", value: assistant } };
  }
  if (message.any("ofTool") === undefined) return {};
  const own = message.fields("ofTool");
  const tool = { toolId: own.optionalText("toolId"), name: own.text("name"), content: contentOf(own) };
  return { messageTypes: { $case: "ofTool", value: tool } };
}

/** A tool that a model may ask for, from its JSON. */
export function toTool(value: unknown): conversation.ConversationTools {
  const own = new JsonFields(value).fields("function");
  const parameters = own.any("parameters");
  return {
    toolTypes: {
      $case: "function",
      value: {
        name: own.text("name"),
        description: own.optionalText("description"),
        parameters: parameters === undefined ? undefined : own.fields("parameters").all,
      },
    },
  };
}

/** What a model answered, in protobuf's JSON form: 64-bit numbers as text, nothing that is empty. */
export function resultJson({ choices, model, usage }: conversation.ConversationResultAlpha2): unknown {
  return {
    choices: choices.map(({ finishReason, index, message }) => ({
      finishReason,
      ...(index !== 0n && { index: String(index) }),
      ...(message !== undefined && { message: messageJson(message) }),
    })),
    ...(model !== undefined && { model }),
    ...(usage !== undefined && { usage: numbersJson(usage) }),
  };
}

function messageJson({ content, toolCalls }: conversation.ConversationResultMessage): unknown {
  return {
    ...(content !== "" && { content }),
    ...(toolCalls.length > 0 && {
      toolCalls: toolCalls.map(({ id, toolTypes }) => ({
        ...(id !== undefined && { id }),
        ...(toolTypes !== undefined && { function: toolTypes.value }),
      })),
    }),
  };
}

function numbersJson(numbers: object): Record<string, unknown> {
  const entries = Object.entries(numbers).map(([name, value]: [string, unknown]) => {
    const json = typeof value === "object" && value !== null ? numbersJson(value) : String(value);
    return [name, json] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== "0" && value !== "undefined"));
}

function toToolCall(value: unknown): conversation.ConversationToolCalls {
  const call = new JsonFields(value);
  const own = call.fields("function");
  return {
    id: call.optionalText("id"),
    toolTypes: { $case: "function", value: { name: own.text("name"), arguments: own.text("arguments") } },
  };
}

function contentOf(own: JsonFields): conversation.ConversationMessageContent[] {
  return own.list("content").map((one) => ({ text: new JsonFields(one).text("text") }));
}
