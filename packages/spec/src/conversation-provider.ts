import type { Component } from "./component.js";

/** A model's wish that the app call one of its tools. */
export interface ToolCall {
  /** Names this call in the answer to it; absent where the model gives none. */
  readonly id?: string;
  /** Name of the tool. */
  readonly name: string;
  /** Arguments, as the model wrote them: JSON, if it did as it should. */
  readonly arguments: string;
}

/** One message of a conversation; `content` is its parts in order. */
export type ConversationMessage =
  | {
      readonly role: "system" | "developer" | "user";
      readonly name?: string;
      readonly content: readonly string[];
    }
  | {
      readonly role: "assistant";
      readonly name?: string;
      readonly content: readonly string[];
      readonly toolCalls: readonly ToolCall[];
    }
  | {
      /** What a tool answered. */
      readonly role: "tool";
      /** Name of the tool. */
      readonly name: string;
      /** The call that it answers. */
      readonly toolCallId?: string;
      readonly content: readonly string[];
    };

/** A tool that the app has. */
export interface ConversationTool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of its arguments. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** One turn: all that was said so far, and how to answer. */
export interface ConversationRequest {
  readonly messages: readonly ConversationMessage[];
  readonly tools: readonly ConversationTool[];
  /** `auto`, `none`, `required`, or the name of one of the tools. */
  readonly toolChoice?: string;
  /** How freely the model answers; absent is 0 for models that take 0, else theirs. */
  readonly temperature?: number;
  /** JSON Schema that the answer has to keep. */
  readonly responseFormat?: Readonly<Record<string, unknown>>;
  /** How long the model may keep what it read for the next turn, in milliseconds. */
  readonly promptCacheRetentionMs?: number;
  /** Metadata of the request, as the Dapr API carries it. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** One answer of the model. */
export interface ConversationChoice {
  /** For example `stop`, `length`, `tool_calls`. */
  readonly finishReason: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}

/** What a turn cost, in tokens. */
export interface ConversationUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** Of the prompt's: those that came from the cache; absent, as the others below, where the model does not say. */
  readonly cachedTokens?: number;
  /** Of the prompt's: those that were sound. */
  readonly promptAudioTokens?: number;
  /** Of the completion's: those that were spent on reasoning. */
  readonly reasoningTokens?: number;
  /** Of the completion's: those that were sound. */
  readonly completionAudioTokens?: number;
  /** Of the completion's: those that had been predicted rightly. */
  readonly acceptedPredictionTokens?: number;
  /** Of the completion's: those that had been predicted wrongly. */
  readonly rejectedPredictionTokens?: number;
}

/** What a model answered. */
export interface ConversationReply {
  readonly choices: readonly ConversationChoice[];
  /** Name of the model that answered, where it is known. */
  readonly model?: string;
  readonly usage?: ConversationUsage;
}

/** A language model. */
export interface ConversationProvider extends Component {
  /** Takes one turn. */
  converse(request: ConversationRequest, options?: { readonly signal?: AbortSignal }): Promise<ConversationReply>;
}
