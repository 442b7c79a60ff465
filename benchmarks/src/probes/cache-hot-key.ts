import { openCache } from "./cache-client.js";
import { type Load, measureLoad } from "./measure-load.js";
import { readInput, say } from "./probe-io.js";

/** What the probe is told. */
export interface HotKeyInput {
  readonly host: string;
  readonly port: number;
  /** How many clients increment one key, each one increment at a time. */
  readonly clients: number;
  readonly load: Load;
}

async function main({ host, port, clients, load }: HotKeyInput): Promise<void> {
  const all = Array.from({ length: clients }, () => openCache(host, port));
  const [first] = all;
  await first?.del("bench:hot");
  let turn = 0;
  let increments = 0;
  const figures = await measureLoad(
    async () => {
      await all[turn++ % clients]?.incr("bench:hot");
      increments++;
    },
    { ...load, inFlight: clients },
  );
  const counted = Number(await first?.get("bench:hot"));
  if (counted !== increments) throw new Error(`${increments} increments were answered, but the key has ${counted}`);
  say({ ops: figures.ops });
}

void main(readInput());
