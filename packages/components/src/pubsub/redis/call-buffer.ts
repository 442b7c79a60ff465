import type { Redis } from "ioredis-upstream";

/**
 * Runs a command whose reply is wanted as bytes and which ioredis has no typed method for. It goes out as a pipeline of one:
 * with automatic pipelining, ioredis's own `callBuffer` loses the name of the command.
 */
export async function callBuffer(redis: Redis, name: string, parts: readonly (string | number)[]): Promise<unknown> {
  const replies = await redis
    .pipeline()
    .callBuffer(name, ...parts)
    .exec();
  const [error, reply] = replies?.[0] ?? [new Error(`${name} was not answered`)];
  if (error !== null) throw error;
  return reply;
}
