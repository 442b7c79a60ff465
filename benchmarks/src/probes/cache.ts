import { loadClient } from "./load-client.js";
import { type Load, measureLoad } from "./measure-load.js";
import { readInput, say } from "./probe-io.js";

/** What the cache probe is told. */
export interface CacheInput {
  readonly host: string;
  readonly port: number;
  readonly command: "GET" | "SET";
  readonly valueBytes: number;
  readonly load: Load;
}

const keyCount = 64;

async function main({ host, port, command, valueBytes, load }: CacheInput): Promise<void> {
  const Redis = loadClient("ioredis");
  const redis = new Redis({ host, port });
  const value = "x".repeat(valueBytes);
  const keys = Array.from({ length: keyCount }, (_, index) => `bench:${index}`);
  for (const key of keys) await redis.set(key, value);
  let turn = 0;
  const nextKey = () => keys[turn++ % keyCount] ?? "";
  const operation = command === "GET" ? () => redis.get(nextKey()) : () => redis.set(nextKey(), value);
  say(await measureLoad(operation, load));
}

void main(readInput());
