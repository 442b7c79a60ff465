import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "./portable-cache.js";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const hammer = fileURLToPath(new URL("hammer.ts", import.meta.url));
const processes = 3;
const clientsEach = 8;
const rounds = 15;

let cache: PortableCache;
beforeAll(async () => {
  cache = await openPortableCache("state.sqlite");
});
afterAll(() => cache[Symbol.asyncDispose]());

async function runHammer(): Promise<unknown> {
  const child = spawn(
    process.execPath,
    ["--conditions=@mecha/source", "--import", tsx, hammer, cache.folder, String(rounds)],
    { stdio: "inherit" },
  );
  const [code] = (await once(child, "close")) as unknown[];
  return code;
}

it("lets several processes count, transfer and watch on the same keys without losing anything", async () => {
  const codes = await Promise.all(Array.from({ length: processes }, runHammer));
  expect(codes).toEqual(codes.map(() => 0));
  const work = processes * clientsEach * rounds;
  const numbers = await cache.connect().call("MGET", "sum", "from", "to", "watched");
  const expected = [work * 2, -work, work, work].map(String).map((text) => `$${String(text.length)}\r\n${text}`);
  expect(numbers).toEqual({ type: "*", items: expected });
}, 60_000);
