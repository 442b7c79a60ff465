import { type Load, measureLoad } from "../probes/measure-load.js";
import { readInput, say } from "../probes/probe-io.js";
import type { CallTarget } from "./call-client.js";
import { openSide, type SideName } from "./sides.js";

/** One operation of one side. */
export interface ClientCallsInput {
  readonly side: SideName;
  readonly operation: "get" | "save" | "publish" | "invoke";
  readonly target: CallTarget;
  readonly load: Load;
}

const keyCount = 64;
const value = { text: "x".repeat(1000) };

async function main({ side, operation, target, load }: ClientCallsInput): Promise<void> {
  const client = await openSide(side, target);
  const keys = Array.from({ length: keyCount }, (_, index) => `bench-${index}`);
  for (const key of keys) await client.save(key, value);
  let turn = 0;
  const nextKey = (): string => keys[turn++ % keyCount] ?? "";
  const operations: Readonly<Record<typeof operation, () => Promise<unknown>>> = {
    get: () => client.get(nextKey()),
    save: () => client.save(nextKey(), value),
    publish: () => client.publish(value),
    invoke: () => client.invoke(value),
  };
  say(await measureLoad(operations[operation], load));
}

void main(readInput());
