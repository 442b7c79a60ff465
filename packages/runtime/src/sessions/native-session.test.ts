import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, type Duplex } from "node:stream";
import { componentYaml } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { daprMethods, nativeCommandEvent, nativeSessionPath } from "@mecha/sdk-core/protocol";
import type { ComponentDefinition, NativeSessionOptions } from "@mecha/spec";
import { expect, it, onTestFinished, test } from "vitest";
import { resourceFolder, testRuntime } from "../../test/runtime-fixture.js";
import { createRuntime } from "../runtime.js";
import { encodeCommand } from "./resp/encode-command.js";

test("a session is opened at the component, in the database that is asked for, and said in the metadata", async () => {
  const asked: (NativeSessionOptions | undefined)[] = [];
  const stream = new PassThrough();
  const component: ComponentDefinition<"state"> = {
    type: "state.spoken",
    create: async () => ({
      backend: "test",
      features: [],
      get: async () => [],
      write: async () => [],
      openSession: async (options) => {
        asked.push(options);
        return { protocol: "other", stream };
      },
    }),
  };
  const catalogue = { "state.spoken": async () => ({ component }) };
  const { transport } = await testRuntime({ "a.yaml": componentYaml("cache", "state.spoken") }, { catalogue });

  expect(await transport.openRaw(nativeSessionPath, { component: "cache" })).toBe(stream);
  expect(await transport.openRaw(nativeSessionPath, { component: "cache", database: "3" })).toBe(stream);

  expect(asked).toEqual([{}, { database: 3 }]);
  await expect(transport.openRaw(nativeSessionPath, { component: "cache", database: "-1" })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  });
  const { registeredComponents } = await transport.unary(daprMethods.getMetadata, {});
  expect(registeredComponents[0]?.capabilities).toEqual(["MECHA_SESSION_RESP"]);
});

describeWith("redis", "native sessions with Redis", (on) => {
  const yaml = (name: string, metadata: Readonly<Record<string, string>> = {}, type = "state.redis"): string =>
    componentYaml(name, type, { redisHost: on.redis.address, ...metadata });

  async function open(files: Readonly<Record<string, string>>, component = "cache"): Promise<Session> {
    const { transport } = await testRuntime(files);
    return new Session(await transport.openRaw(nativeSessionPath, { component }));
  }

  it("denies what changes the server for everybody, in its turn, and aborts the transaction that it stands in", async () => {
    const session = await open({ "a.yaml": yaml("cache") });
    session.send(["set", "s:denied", "1"], ["CONFIG", "SET", "maxmemory", "1"], ["get", "s:denied"], ["FlushAll"]);
    expect(await session.lines(5)).toEqual([
      "+OK",
      "-ERR CONFIG SET is not supported by Mecha on state.redis: component cache does not allow it, which +config|set in its metadata mecha.sessionCommands would",
      "$1",
      "1",
      expect.stringMatching(/^-ERR FLUSHALL is not supported by Mecha on state\.redis: /u),
    ]);
    session.send(["multi"], ["debug", "sleep", "9"], ["incr", "s:denied"], ["exec"], ["config", "get", "maxmemory"]);
    expect(await session.lines(4)).toEqual([
      "+OK",
      expect.stringMatching(/^-ERR DEBUG SLEEP is not supported/u),
      "+QUEUED",
      expect.stringMatching(/^-EXECABORT/u),
    ]);
  });

  it.each<[how: string, write: (stream: Duplex, denied: string) => unknown]>([
    ["behind others in one text", (stream, denied) => stream.write(text("ping") + denied + text("ping"))],
    ["in upper case", (stream, denied) => stream.write(denied.toUpperCase())],
    ["cut in two in one turn", (stream, denied) => [stream.write(denied.slice(0, 9)), stream.write(denied.slice(9))]],
    [
      "half as text, half as bytes",
      (stream, denied) => [stream.write(denied.slice(0, 9)), stream.write(Buffer.from(denied.slice(9)))],
    ],
    ["behind bytes", (stream, denied) => [stream.write(Buffer.from(text("ping"))), stream.write(denied)]],
    ["with an encoding", (stream, denied) => stream.write(denied, "latin1")],
    ["in another encoding", (stream, denied) => stream.write(Buffer.from(denied).toString("base64"), "base64")],
    ["as a line", (stream) => stream.write("flushall\r\n")],
    [
      "behind a value whose bytes are more than its characters",
      (stream, denied) => stream.write(text("echo", `é\r\n${text("x")}`) + denied),
    ],
    [
      "behind a value that ends as the command begins",
      (stream, denied) => stream.write(text("echo", denied.slice(0, 4)) + denied),
    ],
    ["with the end of the stream", (stream, denied) => stream.end(denied)],
  ])("denies a command that is written %s", async (_how, write) => {
    const session = await open({ "a.yaml": yaml("cache") });
    write(session.stream, text("flushall"));
    await session.until("-ERR FLUSHALL is not supported");
  });

  it("takes the rules of the YAML, for state stores and bindings", async () => {
    const commands = "-* +get +config|get +flushall";
    const session = await open(
      { "a.yaml": yaml("cache", { "mecha.sessionCommands": commands }, "bindings.redis") },
      "cache",
    );
    session.send(["get", "s:none"], ["set", "s:none", "1"], ["ping"], ["config", "get", "nothing"]);
    expect(await session.lines(4)).toEqual([
      "$-1",
      expect.stringMatching(/^-ERR SET is not supported by Mecha on bindings\.redis: /u),
      "+PONG",
      "*0",
    ]);
    const wrong = open({ "a.yaml": yaml("cache", { "mecha.sessionCommands": "get" }) });
    await expect(wrong).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  });

  it("keeps the client's credentials from the server", async () => {
    const session = await open({ "a.yaml": yaml("cache") });
    session.send(["auth", "old", "secret"], ["hello", "3", "auth", "old", "secret", "setname", "me"]);
    const [first, hello] = await session.lines(2);
    expect([first, hello]).toEqual(["+OK", "%7"]);
    session.take();
    session.send(["client", "getname"]);
    expect(await session.lines(2)).toEqual(["$2", "me"]);
  });

  it("tells of the calls that Redis counts", async () => {
    const session = await open({ "a.yaml": yaml("cache", { "mecha.sessionCommands": "+config|resetstat" }) });
    const counts: Record<string, number> = {};
    session.stream.on(nativeCommandEvent, (name: string, durationUs: number) => {
      expect(durationUs).toBeGreaterThanOrEqual(0);
      counts[name] = (counts[name] ?? 0) + 1;
    });
    session.send(["config", "resetstat"], ["object", "encoding", "s:none"], ["nosuch"], ["get"], ["debug", "x"]);
    session.send(["multi"], ["set", "s:c", "1"], ["lpush", "s:c", "1"], ["exec"], ["multi"], ["get", "x"], ["discard"]);
    session.send(["subscribe", "s:a", "s:b"], ["unsubscribe"], ["ping"]);
    await session.until("+PONG");
    expect(counts).toEqual({
      "config|resetstat": 1,
      "object|encoding": 1,
      multi: 2,
      set: 1,
      lpush: 1,
      exec: 1,
      discard: 1,
      subscribe: 1,
      unsubscribe: 1,
      ping: 1,
    });
  });

  it("passes values of any size and cut anywhere", async () => {
    const session = await open({ "a.yaml": yaml("cache") });
    const value = Buffer.alloc(3_000_000, "x\r\n*1\r\n$8\r\nflushall\r\n");
    const bytes = Buffer.concat([encodeCommand(["set", "s:big", value]), encodeCommand(["get", "s:big"])]);
    for (const byte of bytes.subarray(0, 40)) {
      session.stream.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    session.stream.write(bytes.subarray(40));
    await session.until(value.toString("latin1"));
  });

  it("gives a client that stops reading everything in its order when it reads again", async () => {
    const session = await open({ "a.yaml": yaml("cache") });
    const value = "v".repeat(100_000);
    session.send(["set", "s:long", value]);
    await session.lines(1);
    const expected = `$100000\r\n${value}\r\n`.repeat(100);
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < 100; count++) session.send(["get", "s:long"]);
      session.stream.once("data", () => {
        session.stream.pause();
        setImmediate(() => setImmediate(() => session.stream.resume()));
      });
      await session.until(expected);
    }
  });

  it("keeps the keys of an app apart by a prefix that it does not see", async () => {
    const session = await open({ "a.yaml": yaml("cache", { "mecha.sessionKeyPrefix": "appid", redisDB: "3" }) });
    const server = await open({ "a.yaml": yaml("cache", { redisDB: "3" }) });
    const ask = async (count: number, ...words: readonly string[]): Promise<readonly string[]> => {
      session.send(words);
      return session.lines(count);
    };
    expect(await ask(1, "mset", "k[1]", "a", "k2", "b")).toEqual(["+OK"]);
    server.send(["set", "other", "1"], ["exists", "test-app||k[1]", "k2"], ["lpush", "k3", "1"]);
    expect(await server.lines(3)).toEqual(["+OK", ":1", ":1"]);
    expect((await ask(5, "keys", "k*")).filter((line) => line.startsWith("k")).sort()).toEqual(["k2", "k[1]"]);
    expect((await ask(8, "scan", "0")).filter((line) => line.startsWith("k")).sort()).toEqual(["k2", "k[1]"]);
    expect(await ask(2, "eval", "return redis.call('get', KEYS[1])", "1", "k2")).toEqual(["$1", "b"]);
    expect(await ask(1, "rpush", "list", "3", "1", "2")).toEqual([":3"]);
    expect(await ask(1, "mset", "w_1", "3", "w_2")).toEqual([expect.stringMatching(/^-ERR wrong number/u)]);
    expect(await ask(7, "sort", "list", "by", "w_*", "get", "#")).toEqual(["*3", "$1", "1", "$1", "2", "$1", "3"]);
    expect(await ask(5, "blpop", "none", "list", "1")).toEqual(["*2", "$4", "list", "$1", "3"]);
    session.send(["multi"], ["lmpop", "1", "list", "left"], ["set", "k2", "c"], ["exec"], ["flushdb"], ["get", "k2"]);
    expect(await session.lines(4)).toEqual(["+OK", "+QUEUED", "+QUEUED", "*2"]);
    expect(await session.lines(7)).toEqual(["*2", "$4", "list", "*1", "$1", "1", "+OK"]);
    expect(await session.lines(3)).toEqual([
      expect.stringMatching(/^-ERR FLUSHDB is not supported by Mecha on state\.redis: it would reach keys of others/u),
      "$1",
      "c",
    ]);
    session.send(["xadd", "s", "1-1", "f", "v"], ["hello", "3"]);
    await session.until("modules");
    session.send(["xread", "streams", "s", "0"]);
    await session.until("%1\r\n$1\r\ns\r\n*1");
  });

  it("has no prefix for channels, which all apps on a server share", async () => {
    const session = await open({ "a.yaml": yaml("cache", { "mecha.sessionKeyPrefix": "appid" }) });
    const server = await open({ "a.yaml": yaml("cache") });
    server.send(["subscribe", "s:shared"], ["psubscribe", "s:sh*"]);
    await server.until("psubscribe\r\n$5\r\ns:sh*\r\n:2");
    session.send(["publish", "s:shared", "news"]);
    expect(await session.lines(1)).toEqual([":2"]);
    await server.until("pmessage\r\n$5\r\ns:sh*\r\n$8\r\ns:shared\r\n$4\r\nnews");
  });

  it("leaves scripts to Redis, which refuses most of what is denied, and to the rights of its user", async () => {
    const admin = await open({ "a.yaml": yaml("cache", { "mecha.sessionCommands": "+acl" }) });
    admin.send(["acl", "setuser", "s-scripts", "reset", "on", ">secret", "allkeys", "+@all", "-flushall"]);
    expect(await admin.lines(1)).toEqual(["+OK"]);
    const user = { redisUsername: "s-scripts", redisPassword: "secret" };
    const session = await open({ "a.yaml": yaml("cache", user) });
    const script = (...words: readonly string[]): string =>
      `return redis.call(${words.map((word) => `'${word}'`).join(",")})`;
    for (const words of [["config", "set", "maxmemory", "0"], ["debug", "jmap"], ["acl", "whoami"], ["shutdown"]]) {
      session.send(["eval", script(...words), "0"]);
      expect(await session.lines(1)).toEqual([expect.stringContaining("not allowed from script")]);
    }
    session.send(["eval", script("flushall"), "0"]);
    expect(await session.lines(1)).toEqual([expect.stringContaining("can't run this command")]);
    const without = await open({ "a.yaml": yaml("cache", { "mecha.sessionCommands": "-eval -evalsha" }) });
    without.send(["eval", "return 1", "0"], ["evalsha", "abc", "0"]);
    expect(await without.lines(2)).toEqual([
      expect.stringMatching(/^-ERR EVAL is not supported by Mecha on state\.redis: /u),
      expect.stringMatching(/^-ERR EVALSHA is not supported/u),
    ]);
    admin.send(["acl", "deluser", "s-scripts"]);
    expect(await admin.lines(1)).toEqual([":1"]);
  });

  it("goes on with a component that takes the place of its own, without losing a call", async () => {
    const folder = await resourceFolder({ "a.yaml": yaml("cache") });
    const runtime = await createRuntime({ appId: "moved", resourcesPaths: [folder], baseFolder: folder });
    onTestFinished(() => runtime.close());
    const connect = async (): Promise<Session> =>
      new Session(await runtime.transport.openRaw(nativeSessionPath, { component: "cache" }));
    const [session, other, listening] = [await connect(), await connect(), await connect()];
    const listens = once(listening.stream, "end");
    listening.send(["subscribe", "s:news"]);
    await listening.until("s:news");
    // A database that was chosen in a transaction that came to nothing is not that of the session.
    other.send(["multi"], ["select", "2"], ["nosuch"], ["exec"], ["watch", "s:w"], ["unwatch"], ["multi"], ["discard"]);
    await other.until("EXECABORT");
    other.send(["multi"], ["set", "s:in-transaction", "1"]);
    await other.until("QUEUED");
    session.send(["client", "setname", "mover"]);
    await session.lines(1);

    let [sent, hasMoved] = [0, false];
    const moved = new Promise<void>((resolve) => {
      session.stream.once("moved", () => {
        hasMoved = true;
        resolve();
      });
    });
    await writeFile(join(folder, "a.yaml"), yaml("cache", { redisDB: "1" }));
    while (!hasMoved) {
      sent++;
      session.send(["echo", String(sent)]);
      expect(await session.lines(2)).toEqual([`$${String(String(sent).length)}`, String(sent)]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await moved;
    session.send(["client", "info"]);
    await session.until(" name=mover ");
    session.send(["client", "info"]);
    await session.until(" db=1 ");
    await listens;
    other.send(["exec"]);
    expect(await other.lines(2)).toEqual(["*1", "+OK"]);
    other.send(["client", "info"]);
    await other.until(" db=1 ");
  });
});

function text(...words: readonly string[]): string {
  return encodeCommand(words).toString();
}

/** A client that reads lines. */
class Session {
  readonly stream: Duplex;
  #received = "";

  constructor(stream: Duplex) {
    this.stream = stream;
    onTestFinished(() => void stream.destroy());
    stream.on("data", (chunk: Buffer) => (this.#received += chunk.toString("latin1")));
  }

  send(...commands: readonly (readonly string[])[]): void {
    for (const words of commands) this.stream.write(encodeCommand(words).toString("latin1"));
  }

  /** Waits for lines and takes them. */
  async lines(count: number): Promise<readonly string[]> {
    while (this.#received.split("\r\n").length <= count) await once(this.stream, "data");
    const lines = this.#received.split("\r\n");
    this.#received = lines.slice(count).join("\r\n");
    return lines.slice(0, count);
  }

  async until(text: string): Promise<void> {
    while (!this.#received.includes(text)) await once(this.stream, "data");
    this.#received = "";
  }

  /** Forgets what has come. */
  take(): void {
    this.#received = "";
  }
}
