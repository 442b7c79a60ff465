import { type Load, measureLoad } from "../probes/measure-load.js";
import { readInput, say } from "../probes/probe-io.js";
import { type CallSide, openCalls } from "./call-sides.js";

/** One operation of one side, with the same messages on all. */
export interface RuntimeCallsInput {
  readonly side: CallSide;
  readonly operation: "get" | "save";
  /** Folder with the components of the embedded sides. */
  readonly resources: string;
  /** The sidecar of the raw stub. */
  readonly grpcPort: number;
  readonly store: string;
  readonly load: Load;
}

const keyCount = 64;
const value = Buffer.from(JSON.stringify({ text: "x".repeat(1000) }));

async function main({ side, operation, load, ...target }: RuntimeCallsInput): Promise<void> {
  const calls = await openCalls(side, target);
  const keys = Array.from({ length: keyCount }, (_, index) => `bench-${String(index)}`);
  for (const key of keys) await calls.save(key, value);
  let turn = 0;
  const nextKey = (): string => keys[turn++ % keyCount] ?? "";
  const operations: Readonly<Record<typeof operation, () => Promise<unknown>>> = {
    get: () => calls.get(nextKey()),
    save: () => calls.save(nextKey(), value),
  };
  say(await measureLoad(operations[operation], load));
}

void main(readInput());
