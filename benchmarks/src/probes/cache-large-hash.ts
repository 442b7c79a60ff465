import { openCache } from "./cache-client.js";
import { type Load, measureLoad } from "./measure-load.js";
import { readInput, say } from "./probe-io.js";

/** What the probe is told. */
export interface LargeHashInput {
  readonly host: string;
  readonly port: number;
  /** How many fields the hash has. */
  readonly fields: number;
  readonly load: Load;
}

const together = 1_000;

async function main({ host, port, fields, load }: LargeHashInput): Promise<void> {
  const redis = openCache(host, port);
  const key = `bench:hash-of-${fields}`;
  for (let start = 0; start < fields; start += together) {
    const pairs = Array.from({ length: Math.min(together, fields - start) }, (_, index) => [
      `field:${start + index}`,
      "0",
    ]);
    await redis.hset(key, ...pairs.flat());
  }
  let turn = 0;
  say(await measureLoad(() => redis.hset(key, `field:${(turn * 7919) % fields}`, String(turn++)), load));
}

void main(readInput());
