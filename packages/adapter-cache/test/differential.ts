import { deepStrictEqual } from "node:assert";
import { connect } from "node:net";
import fc from "fast-check";
import { commandSequence } from "./command-arbitrary.js";
import { openPortableCache, tinyLimits, type storeTypes } from "./portable-cache.js";
import { RawClient } from "./raw-client.js";
import type { RawReply } from "./reply-reader.js";

/** Commands whose reply has no order of its own. */
const unordered = new Set(["smembers", "sinter", "sunion", "sdiff", "spop", "sscan", "keys"]);

/** Replies that come in pairs without an order, where fields of hashes are spread over several documents. */
const unorderedPairs = new Set(["hgetall", "hscan"]);

/** How to compare. */
export interface Comparison {
  readonly redis: { readonly host: string; readonly port: number };
  readonly store: keyof typeof storeTypes;
  readonly protocol: 2 | 3;
  /** Whether nearly every value of more than one member is kept in several documents. @defaultValue `false` */
  readonly splits?: boolean;
  /** How many sequences of commands. */
  readonly runs: number;
  readonly seed: number;
}

/** Sends the same random sequences of commands to a real Redis and to the engine, and expects the same replies. */
export async function compareWithRedis(comparison: Comparison): Promise<void> {
  const { redis, store, protocol, runs, seed, splits = false } = comparison;
  const address = `${redis.host}:${String(redis.port)}`;
  await using portable = await openPortableCache(store, { redis: address, ...(splits && { limits: tinyLimits }) });
  const property = fc.asyncProperty(commandSequence, async (commands) => {
    const [real, ours] = [new RawClient(connect(redis.port, redis.host)), portable.connect()];
    const prepare = [["RESET"], ...emptyDatabases, ["SELECT", "0"]];
    const handshake = protocol === 3 ? [["HELLO", "3"]] : [];
    for (const client of [real, ours]) await client.send([...prepare, ...handshake]);
    const [expected, found] = await Promise.all([real.send(commands), ours.send(commands)]);
    real.close();
    ours.close();
    const pair = (replies: RawReply[]) =>
      commands.map((command, index) => [command.join(" "), inOrder(command, replies[index]!, splits)]);
    deepStrictEqual(pair(found), pair(expected));
  });
  await fc.assert(property, { numRuns: runs, seed });
}

const keys = ["a", "b", "c", "d", "e"];

/** Takes the keys away in every database: the Redis is shared, and a sequence may select any. */
const emptyDatabases = Array.from({ length: 16 }, (_, database) => [
  ["SELECT", String(database)],
  ["DEL", ...keys],
]).flat();

function inOrder(command: readonly string[], reply: RawReply, splits: boolean): RawReply {
  if (typeof reply === "string") return reply;
  const name = command[0]!.toLowerCase();
  const items = reply.items.map((item) => inOrder(command, item, splits));
  const areStrings = items.every((item) => typeof item === "string");
  if (splits && areStrings && unorderedPairs.has(name)) return { type: reply.type, items: sortPairs(items) };
  // Inside EXEC the command of an item is not at hand: what is an array of strings compares as a bag there.
  const isBag = unordered.has(name) || (splits && (name === "hkeys" || name === "hvals"));
  return { type: reply.type, items: isBag || (name === "exec" && areStrings) ? [...items].sort(byText) : items };
}

function sortPairs(items: readonly RawReply[]): RawReply[] {
  const pairs = items.flatMap((item, index) => (index % 2 === 0 ? [[item, items[index + 1]!]] : []));
  return pairs.sort(([left], [right]) => byText(left!, right!)).flat();
}

function byText(left: RawReply, right: RawReply): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}
