import type { TargetName } from "./targets.js";

/** What the process that may be harmed is asked. */
export type VictimRequest =
  | { readonly ask: "open"; readonly target: TargetName; readonly answerWithinMs: number }
  | { readonly ask: "run"; readonly input: unknown }
  /** Look at memory and at what was replaced, which takes too long after each input. */
  | { readonly ask: "measure" }
  | { readonly ask: "close" };

/** What it answers: that all is well, or what is wrong. */
export interface VictimReply {
  readonly finding?: string;
  /** The process cannot be trusted any more. */
  readonly isTainted?: boolean;
  /** Of `measure`: bytes that are in use. */
  readonly memoryBytes?: number;
}
