import { MechaError } from "@mecha/spec";
import type {
  ConversationMessage as WireMessage,
  ConversationMessageContent,
  ConversationToolCalls,
} from "../generated/dapr/proto/runtime/v1/ai.js";

/** What a message says: one text, or several parts. */
export type MessageContent = string | readonly string[];

/** Instructions to the model (`system`; newer models call it `developer`), or what the user says. */
export interface PromptMessage {
  readonly role: "system" | "developer" | "user";
  readonly content: MessageContent;
  /** Name of who says it. */
  readonly name?: string;
}

/** What the model has said before. */
export interface AssistantMessage {
  readonly role: "assistant";
  /** @defaultValue nothing, where it only calls tools */
  readonly content?: MessageContent;
  readonly name?: string;
  /** The tools that it has asked for. */
  readonly toolCalls?: readonly ToolCall[];
}

/** What a tool has given. */
export interface ToolMessage {
  readonly role: "tool";
  /** Name of the tool. */
  readonly name: string;
  readonly content: MessageContent;
  /** Which call it answers. */
  readonly toolCallId?: string;
}

/** A message of a conversation. */
export type ConversationMessage = PromptMessage | AssistantMessage | ToolMessage;

/** A tool that the model asks for. The app runs it and answers with a {@link ToolMessage}. */
export interface ToolCall {
  /** Which call it is, for the answer; not every model gives one. */
  readonly id?: string;
  /** Name of the tool. */
  readonly name: string;
  /** The arguments as the model wrote them, which is JSON if it did well: see {@link parseToolArguments}. */
  readonly arguments: string;
}

/**
 * The arguments of a tool call.
 *
 * @typeParam T - their type, which is not checked: models err
 * @throws MechaError `DATA_LOSS` if they are no JSON.
 */
export function parseToolArguments<T = Readonly<Record<string, unknown>>>({ name, arguments: text }: ToolCall): T {
  try {
    return JSON.parse(text === "" ? "{}" : text) as T;
  } catch (cause) {
    throw new MechaError("DATA_LOSS", `The model called tool "${name}" with arguments that are no JSON: ${text}`, {
      cause,
    });
  }
}

/** A message, for the wire. */
export function toWireMessage(message: ConversationMessage): WireMessage {
  const content = toContent(message.content);
  switch (message.role) {
    case "system":
      return { messageTypes: { $case: "ofSystem", value: { name: message.name, content } } };
    case "developer":
      return { messageTypes: { $case: "ofDeveloper", value: { name: message.name, content } } };
    case "user":
      return { messageTypes: { $case: "ofUser", value: { name: message.name, content } } };
    case "assistant": {
      const toolCalls = (message.toolCalls ?? []).map(toWireToolCall);
      return { messageTypes: { $case: "ofAssistant", value: { name: message.name, content, toolCalls } } };
    }
    case "tool": {
      const { name, toolCallId: toolId } = message;
      return { messageTypes: { $case: "ofTool", value: { toolId, name, content } } };
    }
    default:
      throw new MechaError(
        "INVALID_ARGUMENT",
        `A message has the role ${JSON.stringify((message as { readonly role: unknown }).role)}; use system, developer, user, assistant or tool`,
      );
  }
}

/** A tool call, from the wire; `undefined` for a kind that this version of Mecha does not know. */
export function fromWireToolCall({ id, toolTypes }: ConversationToolCalls): ToolCall | undefined {
  if (toolTypes === undefined) return undefined;
  const { name, arguments: text } = toolTypes.value;
  return { ...(id !== undefined && { id }), name, arguments: text };
}

function toWireToolCall({ id, name, arguments: text }: ToolCall): ConversationToolCalls {
  return { id, toolTypes: { $case: "function", value: { name, arguments: text } } };
}

function toContent(content: MessageContent = []): ConversationMessageContent[] {
  return (typeof content === "string" ? [content] : content).map((text) => ({ text }));
}
