import { createHash } from "node:crypto";
import type { Redis } from "ioredis-upstream";
import { isReplyError } from "./redis-error.js";

/** A Lua script and the name under which Redis keeps it. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

type Call = (script: string, keyCount: number, ...rest: (string | Buffer)[]) => Promise<unknown>;

/** What ioredis has and its types lack. (`callBuffer` is typed, but loses the command's name when pipelining by itself.) */
interface ScriptCalls {
  readonly evalshaBuffer: Call;
  readonly evalBuffer: Call;
}

/** Names a script. */
export function createScript(text: string): RedisScript {
  return { text, sha1: createHash("sha1").update(text).digest("hex") };
}

/**
 * Calls a script by its name, and by its text where Redis has forgotten it.
 *
 * @returns the script's reply with strings as buffers
 */
export async function runScript(
  redis: Redis,
  { text, sha1 }: RedisScript,
  keys: readonly string[],
  values: readonly (string | Buffer)[] = [],
): Promise<unknown> {
  const calls = redis as Redis & ScriptCalls;
  try {
    return await calls.evalshaBuffer(sha1, keys.length, ...keys, ...values);
  } catch (error) {
    if (!isReplyError(error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return calls.evalBuffer(text, keys.length, ...keys, ...values);
  }
}
