import { RawClient } from "../raw-client.js";
import { scripts } from "./scripts.js";
import type { Side } from "./sides.js";

const keys = ["a", "b", "c", "d", "e"];

/** Takes the keys away in every database: the Redis is shared, and a sequence may select any. */
export const emptyDatabases: readonly string[][] = [
  ...Array.from({ length: 16 }, (_, database) => [
    ["SELECT", String(database)],
    ["DEL", ...keys],
  ]).flat(),
  ["SELECT", "0"],
];

/** Has a side know all scripts, as one does that was used before. */
export async function loadScripts(side: Side): Promise<void> {
  const client = new RawClient(await side.open());
  await client.send(scripts.map((script) => ["SCRIPT", "LOAD", script]));
  client.close();
}
