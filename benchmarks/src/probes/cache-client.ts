import { createRequire } from "node:module";

/** What the cache probes use of ioredis. */
export interface CacheClient {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  incr(key: string): Promise<number>;
  hset(key: string, ...fieldsAndValues: readonly string[]): Promise<number>;
  zadd(key: string, score: number, member: string): Promise<unknown>;
  del(key: string): Promise<number>;
  pipeline(): CachePipeline;
}

/** Commands that are sent together. */
export type CachePipeline = Record<
  "get" | "set" | "incr" | "hset" | "zadd",
  (...args: readonly unknown[]) => unknown
> & {
  exec(): Promise<readonly (readonly [Error | null, unknown])[] | null>;
};

const require = createRequire(__filename);

/** Opens a client as an app does: of the drop-in or of the original, as the installation around has it. */
export function openCache(host: string, port: number): CacheClient {
  // The interface above is what both have.
  const Redis = require("ioredis") as new (options: object) => CacheClient;
  return new Redis({ host, port });
}
