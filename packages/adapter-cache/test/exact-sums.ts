import type { DocumentChange, Documents } from "../src/documents/documents.js";
import type { PortableCache } from "./portable-cache.js";
import type { RawReply } from "./reply-reader.js";

/** How many clients work at once. */
export const clients = 64;

/** What the clients left behind. */
export interface Sums {
  readonly counted: RawReply;
  readonly hashed: RawReply;
  /** Every item of both lists, in order; each should be there once. */
  readonly items: readonly string[];
}

/** Has 64 clients add to one number and one field, and move items to and fro between two lists, so many times each. */
export async function hammer(cache: PortableCache, rounds: number): Promise<Sums> {
  const connections = Array.from({ length: clients }, () => cache.connect());
  const [first] = connections;
  await first!.call("RPUSH", "left", ...Array.from({ length: clients }, (_, index) => String(index)));
  await Promise.all(
    connections.map(async (client, index) => {
      for (let round = 0; round < rounds; round++) {
        await client.call("INCR", "sum");
        await client.call("HINCRBY", "hash", `f${String(index % 5)}`, "1");
        const lists = (index + round) % 2 === 0 ? ["left", "right"] : ["right", "left"];
        await client.call("LMOVE", ...lists, index % 3 === 0 ? "LEFT" : "RIGHT", "LEFT");
        await client.send([["MULTI"], ["INCR", "inside"], ["RPOPLPUSH", "right", "left"], ["EXEC"]]);
      }
    }),
  );
  const [counted, hashed, left, right] = await first!.send([
    ["MGET", "sum", "inside"],
    ["HVALS", "hash"],
    ["LRANGE", "left", "0", "-1"],
    ["LRANGE", "right", "0", "-1"],
  ]);
  return { counted: counted!, hashed: hashed!, items: [...itemsOf(left!), ...itemsOf(right!)].sort() };
}

/** The texts of an array of bulk replies. */
export function itemsOf(reply: RawReply): string[] {
  if (typeof reply === "string") throw new Error(reply);
  return reply.items.map((item) => (typeof item === "string" ? item.slice(item.indexOf("\r\n") + 2) : ""));
}

/** How many increments of one document come through in a second when 64 clients compare, swap and try again at once. */
export async function retryAtOnce(documents: Documents, milliseconds: number): Promise<number> {
  const name = "plain-counter";
  let made = 0;
  const endMs = performance.now() + milliseconds;
  const work = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const stored = (await documents.read([name])).get(name);
      const change: DocumentChange = {
        name,
        bytes: Buffer.from(String(Number(stored?.bytes.toString() ?? 0) + 1)),
        expected: stored === undefined ? "absent" : { etag: stored.etag },
        ttlSeconds: undefined,
      };
      if (await documents.write([change])) made++;
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  return (made * 1000) / milliseconds;
}

/** How many increments of one key 64 clients make in a second. */
export async function increments(cache: PortableCache, milliseconds: number): Promise<number> {
  let made = 0;
  const endMs = performance.now() + milliseconds;
  const connections = Array.from({ length: clients }, () => cache.connect());
  await Promise.all(
    connections.map(async (client) => {
      while (performance.now() < endMs) {
        await client.call("INCR", "counter");
        made++;
      }
    }),
  );
  return (made * 1000) / milliseconds;
}
