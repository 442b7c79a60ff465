import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../test/portable-cache.js";
import type { RawClient } from "../../test/raw-client.js";

let cache: PortableCache;
let client: RawClient;
let other: RawClient;
beforeEach(async () => {
  cache = await openPortableCache("state.in-memory");
  [client, other] = [cache.connect(), cache.connect()];
});
afterEach(() => cache[Symbol.asyncDispose]());

const transaction = [["MULTI"], ["SET", "done", "1"], ["EXEC"]];
const execute = async (): Promise<unknown> => (await client.send(transaction)).at(-1);
const executed = { type: "*", items: ["+OK"] };
const aborted = "*-1";

/** Waits until a key has ended. */
const ended = (key: string): Promise<void> => expect.poll(() => other.call("EXISTS", key)).toBe(":0");

describe("WATCH", () => {
  it("lets EXEC through when nothing happened to the key", async () => {
    await other.call("SET", "k", "1");
    await client.call("WATCH", "k", "absent");
    expect(await execute()).toEqual(executed);
  });

  it.each([
    ["another client's write", ["SET", "k", "1"]],
    ["a write of the same value", ["SET", "k", "0"]],
    ["a removal", ["DEL", "k"]],
    ["a new expiry", ["EXPIRE", "k", "100"]],
  ])("stops EXEC after %s", async (_title, command) => {
    await other.call("SET", "k", "0");
    await client.call("WATCH", "k");
    await other.call(...command);
    expect(await execute()).toBe(aborted);
    expect(await other.call("EXISTS", "done")).toBe(":0");
    expect(await execute()).toEqual(executed);
  });

  it("stops EXEC after a write of the same client", async () => {
    await client.send([
      ["WATCH", "k"],
      ["SET", "k", "1"],
    ]);
    expect(await execute()).toBe(aborted);
  });

  it("stops EXEC after a key came and went", async () => {
    await client.call("WATCH", "k");
    await other.send([
      ["SET", "k", "1"],
      ["DEL", "k"],
    ]);
    expect(await execute()).toBe(aborted);
  });

  it("stops EXEC when the key has ended by itself", async () => {
    await other.call("SET", "k", "1", "PX", "500");
    await client.call("WATCH", "k");
    await ended("k");
    expect(await execute()).toBe(aborted);
  });

  it("lets EXEC through when the key had ended before", async () => {
    await other.call("SET", "k", "1", "PX", "1");
    await ended("k");
    await client.call("WATCH", "k");
    expect(await execute()).toEqual(executed);
  });

  it("lets EXEC through after commands that change nothing", async () => {
    await other.call("SADD", "k", "m");
    await client.call("WATCH", "k");
    await other.send([
      ["SADD", "k", "m"],
      ["SREM", "k", "none"],
      ["GET", "k"],
      ["PERSIST", "k"],
    ]);
    expect(await execute()).toEqual(executed);
  });

  it("is seen by others of the same key as no change", async () => {
    await other.call("SET", "k", "1");
    await client.send([["WATCH", "k"]]);
    await other.send([["WATCH", "k"], ["MULTI"], ["SET", "elsewhere", "1"], ["EXEC"]]);
    expect(await execute()).toEqual(executed);
  });

  it("ends with UNWATCH, DISCARD and EXEC", async () => {
    for (const end of [[["UNWATCH"]], [["MULTI"], ["DISCARD"]], [["MULTI"], ["EXEC"]]]) {
      await client.call("WATCH", "k");
      await client.send(end);
      await other.call("INCR", "k");
      expect(await execute()).toEqual(executed);
    }
  });

  it("works when everything is sent at once, and the next one too", async () => {
    const replies = await client.send([
      ["WATCH", "k"],
      ...transaction,
      ["WATCH", "l"],
      ["SET", "l", "1"],
      ...transaction,
    ]);
    expect(replies).toEqual(["+OK", "+OK", "+QUEUED", executed, "+OK", "+OK", "+OK", "+QUEUED", aborted]);
  });
});

describe("a connection", () => {
  it("answers HELLO in the protocol that it chooses", async () => {
    expect(await client.call("HELLO", "3", "AUTH", "user", "secret", "SETNAME", "app")).toMatchObject({ type: "%" });
    expect(
      await client.send([
        ["GET", "none"],
        ["CLIENT", "GETNAME"],
        ["HELLO", "4"],
      ]),
    ).toEqual(["_", "$3\r\napp", "-NOPROTO unsupported protocol version"]);
    expect(await client.send([["RESET"], ["GET", "none"]])).toEqual(["+RESET", "$-1"]);
  });

  it("answers what clients ask when they connect", async () => {
    const replies = await client.send([
      ["AUTH", "secret"],
      ["SELECT", "1"],
      ["CLIENT", "SETINFO", "LIB-NAME", "x"],
      ["CLIENT", "SETNAME", "a b"],
      ["CLIENT", "NOPE"],
    ]);
    expect(replies).toEqual([
      "+OK",
      "+OK",
      "+OK",
      "-ERR Client names cannot contain spaces, newlines or special characters.",
      "-ERR unknown subcommand 'NOPE'. Try CLIENT HELP.",
    ]);
    expect(await client.call("INFO")).toContain("loading:0");
  });

  it("tells commands that Redis has and this has not from those that nobody has", async () => {
    const replies = await client.send([["MONITOR"], ["NOPE", "a", "b"]]);
    expect(replies).toEqual([
      "-ERR MONITOR is not supported by Mecha on state.in-memory: use the traces and metrics of the runtime",
      "-ERR unknown command 'NOPE', with args beginning with: 'a' 'b' ",
    ]);
  });

  it("counts the commands that reach the store as Redis counts them", async () => {
    await client.send([["PING"], ["SET", "a", "1"], ["GET"], ["NOPE"], ["LPUSH", "a", "x"], ["DEL", "a", "b"]]);
    await client.send([
      ["MULTI"],
      ["GET", "a"],
      ["SELECT", "1"],
      ["EXEC"],
      ["WATCH", "k"],
      ["INCR", "k"],
      ["MULTI"],
      ["GET", "k"],
      ["EXEC"],
    ]);
    expect([...cache.recorded].sort()).toEqual([
      "del",
      "exec",
      "exec",
      "get",
      "incr",
      "lpush",
      "multi",
      "multi",
      "set",
      "watch",
    ]);
  });
});

describe("a store that cannot change several documents at once", () => {
  let plain: PortableCache;
  let simple: RawClient;
  beforeEach(async () => {
    plain = await openPortableCache("state.in-memory", { atomic: false });
    simple = plain.connect();
  });
  afterEach(() => plain[Symbol.asyncDispose]());

  it("refuses what must change several keys at once, and names itself", async () => {
    expect(
      await simple.send([
        ["MSET", "a", "1", "b", "2"],
        ["RENAME", "a", "b"],
      ]),
    ).toEqual([
      "-ERR MSET over several keys is not supported by Mecha on state.plain: change the keys one by one, or use a store whose transactions are all or nothing",
      "-ERR RENAME over several keys is not supported by Mecha on state.plain: change the keys one by one, or use a store whose transactions are all or nothing",
    ]);
    const replies = await simple.send([["WATCH", "w"], ["MULTI"], ["SET", "a", "1"], ["EXEC"], ["EXISTS", "a"]]);
    expect(replies.slice(3)).toEqual([
      "-ERR EXEC over several keys is not supported by Mecha on state.plain: change the keys one by one, or use a store whose transactions are all or nothing",
      ":0",
    ]);
  });

  it("does what concerns one key, or each key by itself", async () => {
    const replies = await simple.send([
      ["SET", "a", "1"],
      ["SET", "b", "2"],
      ["MGET", "a", "b"],
      ["WATCH", "a"],
      ["MULTI"],
      ["INCR", "a"],
      ["EXEC"],
      ["DEL", "a", "b", "c"],
    ]);
    expect(replies.slice(2)).toEqual([
      { type: "*", items: ["$1\r\n1", "$1\r\n2"] },
      "+OK",
      "+OK",
      "+QUEUED",
      { type: "*", items: [":2"] },
      ":2",
    ]);
  });
});
