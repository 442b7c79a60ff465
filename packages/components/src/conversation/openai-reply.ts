import type { ConversationChoice, ConversationReply, ConversationUsage, ToolCall } from "@mecha/spec";

/** What is read of a chat completion; a server may leave anything out. */
interface Completion {
  readonly choices?: readonly {
    readonly finish_reason?: string | null;
    readonly message?: {
      readonly content?: string | null;
      readonly tool_calls?: readonly {
        readonly id?: string;
        readonly function?: { readonly name?: string; readonly arguments?: string };
      }[];
    };
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly total_tokens?: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly audio_tokens?: number } | null;
    readonly completion_tokens_details?: {
      readonly reasoning_tokens?: number;
      readonly audio_tokens?: number;
      readonly accepted_prediction_tokens?: number;
      readonly rejected_prediction_tokens?: number;
    } | null;
  } | null;
}

/** Reads a chat completion of OpenAI; `undefined` for what is none, or has no choices. */
export function openaiReply(body: unknown): ConversationReply | undefined {
  // A server's answer: checked as far as it is read.
  const { choices = [], usage } = (typeof body === "object" && body !== null ? body : {}) as Completion;
  if (!Array.isArray(choices) || choices.length === 0) return undefined;
  const cost = toUsage(usage ?? {});
  return {
    choices: (choices as NonNullable<Completion["choices"]>).map(toChoice),
    ...(cost.totalTokens > 0 && { usage: cost }),
  };
}

function toChoice({
  finish_reason: reason,
  message = {},
}: NonNullable<Completion["choices"]>[number]): ConversationChoice {
  const calls = message.tool_calls ?? [];
  const toolCalls = calls.map(({ id, function: called = {} }): ToolCall => {
    return { ...(id !== undefined && { id }), name: called.name ?? "", arguments: called.arguments ?? "" };
  });
  // Some servers give no reason; daprd says so.
  return { finishReason: reason == null || reason === "" ? "unknown" : reason, text: message.content ?? "", toolCalls };
}

function toUsage(usage: NonNullable<Completion["usage"]>): ConversationUsage {
  const { prompt_tokens: promptTokens = 0, completion_tokens: completionTokens = 0, total_tokens: total } = usage;
  const { prompt_tokens_details: prompt, completion_tokens_details: completion } = usage;
  return {
    promptTokens,
    completionTokens,
    totalTokens: total ?? promptTokens + completionTokens,
    ...counted({
      cachedTokens: prompt?.cached_tokens,
      promptAudioTokens: prompt?.audio_tokens,
      reasoningTokens: completion?.reasoning_tokens,
      completionAudioTokens: completion?.audio_tokens,
      acceptedPredictionTokens: completion?.accepted_prediction_tokens,
      rejectedPredictionTokens: completion?.rejected_prediction_tokens,
    }),
  };
}

/** The counts that are more than nothing: servers write zeros for what they do not count. */
function counted<K extends string>(counts: Readonly<Record<K, number | undefined>>): Partial<Record<K, number>> {
  const entries = Object.entries<number | undefined>(counts).filter(([, count = 0]) => count > 0);
  // The keys are those of `counts`.
  return Object.fromEntries(entries) as Partial<Record<K, number>>;
}
