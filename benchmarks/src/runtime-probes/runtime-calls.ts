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
/** Calls in a row for each look at the clock, which would else be a good part of what the cheap ones take. */
const callsPerLook = 16;
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
  const callOnce = operations[operation];
  const callSeveral = async (): Promise<void> => {
    for (let call = 0; call < callsPerLook; call++) await callOnce();
  };
  const { ops, cpu, p50 } = await measureLoad(callSeveral, load);
  say({ ops: ops * callsPerLook, cpu: cpu / callsPerLook, p50: p50 / callsPerLook });
}

void main(readInput());
