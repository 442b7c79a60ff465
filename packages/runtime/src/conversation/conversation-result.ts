import type { conversation } from "@mecha/sdk-core/protocol";
import type { ConversationChoice, ConversationReply, ConversationUsage, ToolCall } from "@mecha/spec";
import { scrubPii } from "./scrub-pii.js";

/** The answers of a model as the Dapr API carries them: an output each, as daprd does. */
export function toResults(
  { choices, model, usage }: ConversationReply,
  isScrubbed: boolean,
): conversation.ConversationResultAlpha2[] {
  return choices.map((choice, index) => ({
    choices: [toChoice(choice, index, isScrubbed)],
    model,
    usage: usage && toUsage(usage),
  }));
}

function toChoice(
  { finishReason, text, toolCalls }: ConversationChoice,
  index: number,
  isScrubbed: boolean,
): conversation.ConversationResultChoices {
  return {
    finishReason,
    index: BigInt(index),
    message: { content: isScrubbed ? scrubPii(text) : text, toolCalls: toolCalls.map(toToolCall) },
  };
}

function toToolCall({ id, name, arguments: written }: ToolCall): conversation.ConversationToolCalls {
  return { id, toolTypes: { $case: "function", value: { name, arguments: written } } };
}

function toUsage(usage: ConversationUsage): conversation.ConversationResultAlpha2CompletionUsage {
  const { promptTokens, completionTokens, totalTokens } = usage;
  return {
    promptTokens: BigInt(promptTokens),
    completionTokens: BigInt(completionTokens),
    totalTokens: BigInt(totalTokens),
    promptTokensDetails: details({ audioTokens: usage.promptAudioTokens, cachedTokens: usage.cachedTokens }),
    completionTokensDetails: details({
      acceptedPredictionTokens: usage.acceptedPredictionTokens,
      audioTokens: usage.completionAudioTokens,
      reasoningTokens: usage.reasoningTokens,
      rejectedPredictionTokens: usage.rejectedPredictionTokens,
    }),
  };
}

/** Counts of which any is known; the others are 0 then. */
function details<K extends string>(
  counts: Readonly<Record<K, number | undefined>>,
): Readonly<Record<K, bigint>> | undefined {
  const entries = Object.entries<number | undefined>(counts);
  if (entries.every(([, count]) => count === undefined)) return undefined;
  // The keys are those of `counts`.
  return Object.fromEntries(entries.map(([name, count = 0]) => [name, BigInt(count)])) as Record<K, bigint>;
}
