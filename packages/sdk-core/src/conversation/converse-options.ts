import { toProtoDuration } from "../actors/dapr-duration.js";
import type { ConversationRequestAlpha2, ConversationTools } from "../generated/dapr/proto/runtime/v1/ai.js";
import type { Any } from "../generated/google/protobuf/any.js";
import { Value } from "../generated/google/protobuf/struct.js";
import type { CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";
import { toWireMessage, type ConversationMessage } from "./conversation-message.js";

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A tool that the model may ask for. */
export interface ConversationTool {
  readonly name: string;
  /** What it does, for the model. */
  readonly description?: string;
  /** Schema of its arguments, which are an object. @defaultValue no arguments */
  readonly parameters?: JsonSchema;
}

/** Which tools the model asks for: as it likes, none, at least one, or the one that is named. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

/** How a component and its model answer. */
export interface ConverseOptions extends CallEnd {
  /** Goes on with a conversation that the component keeps. */
  readonly contextId?: string;
  /** How free the model is; the range is the model's. @defaultValue the model's */
  readonly temperature?: number;
  /** Tools that the model may ask for. */
  readonly tools?: readonly ConversationTool[];
  /** @defaultValue `"auto"` where there are tools */
  readonly toolChoice?: ToolChoice;
  /** Schema that the answer has to fit, for models that can. */
  readonly responseFormat?: JsonSchema;
  /**
   * Has the runtime take out what identifies persons (addresses, numbers of phones and cards), before the model reads it, from
   * what it answers, or both. @defaultValue `false`
   */
  readonly scrubPii?: boolean | "inputs" | "outputs";
  /** How long the model's provider may keep the prompt in its cache, in milliseconds. */
  readonly promptCacheRetentionMs?: number;
  /** Parameters of the component, JSON values by name. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Metadata for the component. */
  readonly metadata?: Metadata;
}

/** A request, for the wire. */
export function toRequest(
  name: string,
  messages: readonly ConversationMessage[],
  options: ConverseOptions,
): ConversationRequestAlpha2 {
  const { contextId, temperature, tools = [], toolChoice, responseFormat, scrubPii = false } = options;
  const { promptCacheRetentionMs, parameters = {}, metadata = {} } = options;
  const scrubs = (side: "inputs" | "outputs"): boolean => scrubPii === true || scrubPii === side;
  return {
    name,
    contextId,
    inputs: messages.length === 0 ? [] : [{ messages: messages.map(toWireMessage), scrubPii: scrubs("inputs") }],
    parameters: toParameters(parameters),
    metadata: { ...metadata },
    scrubPii: scrubs("outputs"),
    temperature,
    tools: tools.map(toWireTool),
    toolChoice: typeof toolChoice === "object" ? toolChoice.name : toolChoice,
    responseFormat: responseFormat && { ...responseFormat },
    promptCacheRetention: promptCacheRetentionMs === undefined ? undefined : toProtoDuration(promptCacheRetentionMs),
  };
}

/** Parameters of a component, for the wire. */
export function toParameters(parameters: Readonly<Record<string, unknown>>): Record<string, Any> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      {
        typeUrl: "type.googleapis.com/google.protobuf.Value",
        value: Buffer.from(Value.encode(Value.wrap(value)).finish()),
      },
    ]),
  );
}

function toWireTool({ name, description, parameters }: ConversationTool): ConversationTools {
  return {
    toolTypes: { $case: "function", value: { name, description, parameters: parameters && { ...parameters } } },
  };
}
