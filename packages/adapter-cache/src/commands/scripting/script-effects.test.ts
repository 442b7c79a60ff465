import { once } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../../test/portable-cache.js";
import { encodeCommand, type RawClient } from "../../../test/raw-client.js";

/** A script that writes, and then takes more memory than it may. */
const greedy = `
redis.call('set', KEYS[1], 'half')
redis.call('rpush', KEYS[2], 'half')
redis.call('publish', 'news', 'half')
local held = {}
for i = 1, 1e9 do held[i] = string.rep('x', 100000) .. i end`;

let cache: PortableCache;
let client: RawClient;
beforeEach(async () => {
  cache = await openPortableCache("state.in-memory");
  client = cache.connect();
});
afterEach(() => cache[Symbol.asyncDispose]());

it("leaves nothing of a script that is ended in the middle, and all of what came with it", async () => {
  await client.send([
    ["RPUSH", "l", "before"],
    ["EVAL", "return 1", "0"],
  ]);
  const [counted, ended, again] = await client.send([
    ["INCR", "n"],
    ["EVAL", greedy, "2", "a", "l"],
    ["INCR", "n"],
  ]);
  expect(ended).toMatch(/^-ERR the script .* and was ended; nothing of it was written/);
  expect([counted, again]).toEqual([":1", ":2"]);
  expect(await client.call("EXISTS", "a")).toBe(":0");
  expect(await client.call("LRANGE", "l", "0", "-1")).toEqual({ type: "*", items: ["$6\r\nbefore"] });
});

it("leaves nothing of a transaction in which a script is ended", async () => {
  const replies = await client.send([["MULTI"], ["INCR", "n"], ["EVAL", greedy, "2", "a", "l"], ["EXEC"]]);
  expect(replies[3]).toMatch(/^-ERR the script .* was ended/);
  expect(await client.call("EXISTS", "n", "a", "l")).toBe(":0");
});

/** Subscribes to `news`, has something done, and gives what was heard. */
async function hearNewsOf(work: () => Promise<void>): Promise<string> {
  const listener = cache.open();
  let heard = "";
  listener.on("data", (bytes: Buffer) => (heard += bytes.toString("latin1")));
  const ask = async (command: string[], answer: string): Promise<void> => {
    listener.write(encodeCommand(command));
    while (!heard.includes(answer)) await once(listener, "data");
  };
  await ask(["SUBSCRIBE", "news"], "\r\n:1\r\n");
  heard = "";
  await work();
  await ask(["PING"], pong);
  listener.destroy();
  return heard.replace(pong, "");
}

const pong = "*2\r\n$4\r\npong\r\n$0\r\n\r\n";
const oneMessage = "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$4\r\nnone\r\n";

it("publishes what a script says once what it wrote is there, and only once", async () => {
  // It runs twice, because a key turns out to be needed.
  const script = `
redis.call('incr', KEYS[1])
local other = redis.call('get', 'undeclared' .. KEYS[1])
return redis.call('publish', 'news', other or 'none')`;
  const heard = await hearNewsOf(async () => {
    expect(await client.call("EVAL", script, "1", "n")).toBe(":1");
  });
  expect(heard).toBe(oneMessage);
});

it("publishes what a script says once, though commands before it in the same batch did nothing", async () => {
  const script = ["EVAL", "return redis.call('publish', 'news', 'none')", "1", "b"];
  await client.call(...script);
  const heard = await hearNewsOf(async () => {
    expect(await client.send([["RENAME", "a", "b"], script])).toEqual(["-ERR no such key", ":1"]);
  });
  expect(heard).toBe(oneMessage);
});

it("takes the parts of a large stream away when SET replaces it without reading", async () => {
  const commands = Array.from({ length: 700 }, () => ["XADD", "s", "*", "n", "1"]);
  await client.send(commands);
  const names: string[] = [];
  const { documents } = cache.engine;
  const write = documents.write.bind(documents);
  Object.assign(documents, {
    write(changes: Parameters<typeof write>[0]) {
      names.push(...changes.map(({ name }) => name).filter((name) => name.startsWith("cache-part:")));
      return write(changes);
    },
  });
  await client.call("SET", "s", "text");
  expect(names).toHaveLength(2);
});
