import type { FacadeContext } from "../facade-context.js";
import { conversationMethods } from "../generated/methods/conversation.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";
import type { ConversationMessage } from "./conversation-message.js";
import { toReply, type ConversationReply } from "./conversation-reply.js";
import { toParameters, toRequest, type ConverseOptions } from "./converse-options.js";

/** One prompt of {@link Conversation.converseAlpha1}. */
export interface ConversationPrompt {
  readonly content: string;
  /** @defaultValue `"user"` */
  readonly role?: "system" | "user" | "assistant" | "tool" | "function" | "generic";
}

/** How to prompt by the older RPC. */
export interface ConverseAlpha1Options extends CallEnd {
  /** @see ConverseOptions.contextId */
  readonly contextId?: string;
  /** @see ConverseOptions.temperature */
  readonly temperature?: number;
  /** @see ConverseOptions.scrubPii */
  readonly scrubPii?: boolean | "inputs" | "outputs";
  /** @see ConverseOptions.parameters */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** @see ConverseOptions.metadata */
  readonly metadata?: Metadata;
}

/** A conversation component (Dapr's conversation building block): a large language model. */
export interface Conversation {
  /**
   * Gives the model the whole conversation so far, and gives back what it says to that (ConverseAlpha2).
   *
   * A call that fails is not made again by itself: the model may have answered, and costs.
   *
   * @throws MechaError `INVALID_ARGUMENT` for no messages, or a tool choice that names no tool; `INTERNAL` if the model failed.
   */
  converse(messages: readonly ConversationMessage[], options?: ConverseOptions): Promise<ConversationReply>;
  /** Prompts the model without tools by the older RPC (ConverseAlpha1), for sidecars before Dapr 1.16; gives its texts. */
  converseAlpha1(prompts: readonly ConversationPrompt[], options?: ConverseAlpha1Options): Promise<readonly string[]>;
}

/** Makes the facade of one conversation component. */
export function createConversation({ transport }: FacadeContext, name: string): Conversation {
  const conversing = { operation: "conversation.converse", component: name };
  const prompting = { operation: "conversation.converseAlpha1", component: name };
  return {
    async converse(messages, options = {}) {
      const request = toRequest(name, messages, options);
      return toReply(await transport.unary(conversationMethods.converseAlpha2, request, callOf(conversing, options)));
    },
    async converseAlpha1(prompts, options = {}) {
      const { contextId, temperature, scrubPii = false, parameters = {}, metadata = {} } = options;
      const scrubPII = scrubPii === true || scrubPii === "inputs";
      const request = {
        name,
        contextID: contextId,
        inputs: prompts.map(({ content, role }) => ({ content, role, scrubPII })),
        parameters: toParameters(parameters),
        metadata: { ...metadata },
        scrubPII: scrubPii === true || scrubPii === "outputs",
        temperature,
      };
      const { outputs } = await transport.unary(
        conversationMethods.converseAlpha1,
        request,
        callOf(prompting, options),
      );
      return outputs.map(({ result }) => result);
    },
  };
}
