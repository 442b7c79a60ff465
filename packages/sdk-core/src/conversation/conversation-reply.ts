import type {
  ConversationResponseAlpha2,
  ConversationResultAlpha2,
  ConversationResultAlpha2CompletionUsage,
  ConversationResultChoices,
} from "../generated/dapr/proto/runtime/v1/ai.js";
import { fromWireToolCall, type AssistantMessage, type ToolCall } from "./conversation-message.js";

/** One of the answers that a model offers. */
export interface ConversationChoice {
  /** Why the model stopped, in its own words: `stop`, `length`, `tool_calls`, `content_filter`. */
  readonly finishReason: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}

/** How much was read and written, in tokens. */
export interface ConversationUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** Of the prompt, what the model had in its cache. */
  readonly cachedPromptTokens: number | undefined;
  /** Of the completion, what the model thought without saying it. */
  readonly reasoningTokens: number | undefined;
}

/** What one output of the component has. */
export interface ConversationOutput {
  readonly choices: readonly ConversationChoice[];
  /** The model that answered, where the component says it. */
  readonly model: string | undefined;
  readonly usage: ConversationUsage | undefined;
}

/** The answer of a conversation component; its own fields are those of the first choice, of which there is mostly but one. */
export interface ConversationReply extends ConversationChoice {
  /** The same answer as a message, for the next turn. */
  readonly message: AssistantMessage;
  /** Names what the component keeps of the conversation, if it keeps anything. */
  readonly contextId: string | undefined;
  readonly model: string | undefined;
  readonly usage: ConversationUsage | undefined;
  /** All that was answered. */
  readonly outputs: readonly ConversationOutput[];
}

/** A reply, from the wire. */
export function toReply({ contextId, outputs: wireOutputs }: ConversationResponseAlpha2): ConversationReply {
  const outputs = wireOutputs.map(toOutput);
  const [output] = outputs;
  const first = output?.choices[0] ?? { finishReason: "", text: "", toolCalls: [] };
  const { text, toolCalls } = first;
  const message: AssistantMessage = {
    role: "assistant",
    ...(text !== "" && { content: text }),
    ...(toolCalls.length > 0 && { toolCalls }),
  };
  return { ...first, message, contextId, model: output?.model, usage: output?.usage, outputs };
}

function toOutput({ choices, model, usage }: ConversationResultAlpha2): ConversationOutput {
  return { choices: choices.map(toChoice), model, usage: usage && toUsage(usage) };
}

function toChoice({ finishReason, message }: ConversationResultChoices): ConversationChoice {
  const toolCalls = (message?.toolCalls ?? []).flatMap((call) => fromWireToolCall(call) ?? []);
  return { finishReason, text: message?.content ?? "", toolCalls };
}

function toUsage(usage: ConversationResultAlpha2CompletionUsage): ConversationUsage {
  const { promptTokensDetails, completionTokensDetails } = usage;
  return {
    promptTokens: Number(usage.promptTokens),
    completionTokens: Number(usage.completionTokens),
    totalTokens: Number(usage.totalTokens),
    cachedPromptTokens: promptTokensDetails && Number(promptTokensDetails.cachedTokens),
    reasoningTokens: completionTokensDetails && Number(completionTokensDetails.reasoningTokens),
  };
}
