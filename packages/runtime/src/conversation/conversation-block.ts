import type { DaprHandlers } from "@mecha/sdk-core/protocol";
import type { Registry } from "../registry.js";
import { converseAlpha1 } from "./converse-alpha1.js";
import { converseAlpha2 } from "./converse-alpha2.js";

/** The handlers of the conversation building block. */
export type ConversationBlock = Required<Pick<DaprHandlers, "converseAlpha1" | "converseAlpha2">>;

/** Makes the handlers of the conversation building block. */
export function createConversationBlock(registry: Registry): ConversationBlock {
  return { converseAlpha1: converseAlpha1(registry), converseAlpha2: converseAlpha2(registry) };
}
