import { readInput, say } from "../probes/probe-io.js";
import type { CallTarget } from "./call-client.js";
import { openSide, type SideName } from "./sides.js";

/** What is started: a side up to its first answered call, or Node alone. */
export interface ClientStartInput {
  readonly side: SideName | "bare Node";
  readonly target: CallTarget;
}

async function main({ side, target }: ClientStartInput): Promise<void> {
  if (side !== "bare Node") await (await openSide(side, target)).get("bench-0");
  // Since the process began; what Node itself takes is taken off by who asked.
  say({ ms: performance.now(), bytes: process.memoryUsage.rss() });
}

void main(readInput());
