import { type CachePipeline, openCache } from "./cache-client.js";
import { type Load, measureLoad } from "./measure-load.js";
import { readInput, say } from "./probe-io.js";

/** Commands that are measured. */
export type CacheCommand = "get" | "set" | "incr" | "hset" | "zadd";

/** What the probe is told. */
export interface CacheLoadInput {
  readonly host: string;
  readonly port: number;
  readonly command: CacheCommand;
  /** How many commands are sent together; 1 for none. */
  readonly pipeline: number;
  readonly load: Load;
}

const keyCount = 64;
const value = "x".repeat(1024);

/** The arguments of each command, by its turn. */
const argumentsOf: Readonly<Record<CacheCommand, (turn: number) => readonly [string, ...unknown[]]>> = {
  get: (turn) => [`bench:text:${turn % keyCount}`],
  set: (turn) => [`bench:text:${turn % keyCount}`, value],
  incr: (turn) => [`bench:count:${turn % keyCount}`],
  hset: (turn) => [`bench:hash:${turn % keyCount}`, `field:${turn % 100}`, String(turn)],
  zadd: (turn) => [`bench:ranks:${turn % keyCount}`, turn, `member:${turn % 100}`],
};

async function main({ host, port, command, pipeline, load }: CacheLoadInput): Promise<void> {
  const redis = openCache(host, port);
  for (let index = 0; index < keyCount; index++) await redis.set(`bench:text:${index}`, value);
  const commands = redis as unknown as CachePipeline; // the same names, answered each by itself
  const argumentsNow = argumentsOf[command];
  let turn = 0;
  const single = async (): Promise<unknown> => commands[command](...argumentsNow(turn++));
  const together = async (): Promise<unknown> => {
    const batch = redis.pipeline();
    for (let index = 0; index < pipeline; index++) batch[command](...argumentsNow(turn++));
    const replies = await batch.exec();
    const failed = replies?.find(([error]) => error !== null);
    if (failed?.[0]) throw failed[0];
    return replies;
  };
  const { ops, cpu, p50 } = await measureLoad(pipeline > 1 ? together : single, load);
  say({ ops: ops * pipeline, cpu: cpu / pipeline, p50 });
}

void main(readInput());
