import { connect } from "node:net";
import fc from "fast-check";
import { expect } from "vitest";
import { commandSequence } from "./command-arbitrary.js";
import { openPortableCache, type storeTypes } from "./portable-cache.js";
import { RawClient } from "./raw-client.js";
import type { RawReply } from "./reply-reader.js";

/** Commands whose reply has no order of its own. */
const unordered = new Set(["smembers", "sinter", "sunion", "sdiff", "spop", "sscan", "keys"]);

/** How to compare. */
export interface Comparison {
  readonly redis: { readonly host: string; readonly port: number };
  readonly store: keyof typeof storeTypes;
  readonly protocol: 2 | 3;
  /** How many sequences of commands. */
  readonly runs: number;
  readonly seed: number;
}

/** Sends the same random sequences of commands to a real Redis and to the engine, and expects the same replies. */
export async function compareWithRedis({ redis, store, protocol, runs, seed }: Comparison): Promise<void> {
  await using portable = await openPortableCache(store, { redis: `${redis.host}:${String(redis.port)}` });
  const property = fc.asyncProperty(commandSequence, async (commands) => {
    const [real, ours] = [new RawClient(connect(redis.port, redis.host)), portable.connect()];
    const prepare = [["RESET"], ...emptyDatabases, ["SELECT", "0"]];
    const handshake = protocol === 3 ? [["HELLO", "3"]] : [];
    for (const client of [real, ours]) await client.send([...prepare, ...handshake]);
    const [expected, found] = await Promise.all([real.send(commands), ours.send(commands)]);
    real.close();
    ours.close();
    const pair = (replies: RawReply[]) =>
      commands.map((command, index) => [command.join(" "), inOrder(command, replies[index]!)]);
    expect(pair(found)).toEqual(pair(expected));
  });
  await fc.assert(property, { numRuns: runs, seed });
}

const keys = ["a", "b", "c", "d", "e"];

/** Takes the keys away in every database: the Redis is shared, and a sequence may select any. */
const emptyDatabases = Array.from({ length: 16 }, (_, database) => [
  ["SELECT", String(database)],
  ["DEL", ...keys],
]).flat();

function inOrder(command: readonly string[], reply: RawReply): RawReply {
  if (typeof reply === "string") return reply;
  // Inside EXEC the command of an item is not at hand: what is an array of strings compares as a bag there.
  const loose = unordered.has(command[0]!.toLowerCase()) || command[0]!.toLowerCase() === "exec";
  const items = reply.items.map((item) => inOrder(command, item));
  const sortable = loose && (command[0]!.toLowerCase() !== "exec" || items.every((item) => typeof item === "string"));
  return { type: reply.type, items: sortable ? [...items].sort(byText) : items };
}

function byText(left: RawReply, right: RawReply): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}
