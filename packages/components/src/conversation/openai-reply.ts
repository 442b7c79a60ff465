import type { ConversationChoice, ConversationReply, ConversationUsage, ToolCall } from "@mecha/spec";

/** What is read of a chat completion; a server may leave anything out. */
interface Completion {
  readonly model?: string;
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
    readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
    readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
  } | null;
}

/** Reads a chat completion of OpenAI; `undefined` for JSON that is none. */
export function openaiReply(body: unknown): ConversationReply | undefined {
  // A server's answer: checked as far as it is read.
  const { choices, model, usage } = (typeof body === "object" && body !== null ? body : {}) as Completion;
  if (!Array.isArray(choices)) return undefined;
  return {
    choices: (choices as NonNullable<Completion["choices"]>).map(toChoice),
    ...(typeof model === "string" && { model }),
    ...(usage && { usage: toUsage(usage) }),
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
  const cachedTokens = usage.prompt_tokens_details?.cached_tokens;
  const reasoningTokens = usage.completion_tokens_details?.reasoning_tokens;
  return {
    promptTokens,
    completionTokens,
    totalTokens: total ?? promptTokens + completionTokens,
    ...(cachedTokens !== undefined && { cachedTokens }),
    ...(reasoningTokens !== undefined && { reasoningTokens }),
  };
}
