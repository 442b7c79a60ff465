import type { ConversationMessage, MessageContent, ToolCall } from "./conversation-message.js";
import type { ConversationReply } from "./conversation-reply.js";
import type { Conversation } from "./conversation.js";
import type { ConverseOptions } from "./converse-options.js";

/**
 * The messages of a conversation, which grow with each turn: models have no memory of their own.
 *
 * It lives in this object only; `messages` is plain JSON, for a state store.
 */
export class ConversationHistory {
  readonly #messages: ConversationMessage[];

  /** @param messages - how the conversation began: instructions, or what was kept of an earlier one */
  constructor(messages: readonly ConversationMessage[] = []) {
    this.#messages = [...messages];
  }

  /** All messages until now. */
  get messages(): readonly ConversationMessage[] {
    return [...this.#messages];
  }

  /** Adds messages, for example few-shot examples. */
  add(...messages: readonly ConversationMessage[]): this {
    this.#messages.push(...messages);
    return this;
  }

  /** Adds what a tool gave for a call: a text, or any other JSON value as such. */
  addToolResult({ id, name }: ToolCall, result: unknown): this {
    const content = typeof result === "string" ? result : (JSON.stringify(result) as string | undefined);
    return this.add({ role: "tool", name, content: content ?? "", ...(id !== undefined && { toolCallId: id }) });
  }

  /**
   * Takes a turn: gives the model all messages and what the user says now, and adds that and the answer. If the call fails,
   * nothing is added. Without a content, the model goes on from the last messages, as it does after tool results.
   */
  async converse(
    conversation: Pick<Conversation, "converse">,
    content?: MessageContent,
    options?: ConverseOptions,
  ): Promise<ConversationReply> {
    const said: readonly ConversationMessage[] = content === undefined ? [] : [{ role: "user", content }];
    const reply = await conversation.converse([...this.#messages, ...said], options);
    this.add(...said, reply.message);
    return reply;
  }
}
