import { execFile } from "node:child_process";
import { connect } from "node:net";
import { promisify } from "node:util";
import { componentYaml } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMecha, type RunningMecha } from "./mecha-run.js";
import { createRunFolder } from "./run-folder.js";

const run = promisify(execFile);

let mecha: RunningMecha;
let remove: () => Promise<void>;

/** Starts `mecha run` with a port for Redis clients; the result is its port. */
async function start(component: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await createRunFolder({ "cache.yaml": component });
  remove = folder.remove;
  mecha = startMecha(["run", "-a", "orders", "--redis-port", "0"], { cwd: folder.path, environment });
  const line = await mecha.said("Redis clients on 127.0.0.1:");
  return /127\.0\.0\.1:(\d+)/u.exec(line)?.[1] ?? "";
}

/** Sends bytes and gives all that comes until the port hangs up. */
async function talk(port: string, bytes: string | Buffer): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: Number(port) });
  socket.write(bytes);
  let received = "";
  for await (const chunk of socket) received += String(chunk);
  return received;
}

async function stop(): Promise<void> {
  await mecha.stop();
  await remove();
}

describe("a port for clients of Redis, with a password", () => {
  let port = "";
  beforeAll(async () => {
    port = await start(componentYaml("cache", "state.in-memory"), { MECHA_REDIS_PASSWORD: "s3cret" });
  }, 60_000);
  afterAll(stop);

  it("lets in whoever knows the password, by AUTH or HELLO, and goes on with what came after it", async () => {
    const value = "x".repeat(100_000);
    const set = `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${String(value.length)}\r\n${value}\r\n`;
    expect(await talk(port, `AUTH s3cret\r\n${set}STRLEN k\r\nQUIT\r\n`)).toBe("+OK\r\n+OK\r\n:100000\r\n+OK\r\n");
    expect(await talk(port, "HELLO 3 AUTH anybody s3cret\r\nGET none\r\nQUIT\r\n")).toMatch(
      /^%7\r\n[^]*\r\n_\r\n\+OK\r\n$/u,
    );
  });

  it("answers others as a Redis with requirepass does, and takes little of them", async () => {
    const refused = await talk(port, "GET k\r\nHELLO 3\r\nAUTH wrong\r\nAUTH a wrong\r\nQUIT\r\n");
    expect(refused.split("\r\n").map((line) => line.split(" ", 1)[0])).toEqual([
      "-NOAUTH",
      "-NOAUTH",
      "-WRONGPASS",
      "-WRONGPASS",
      "+OK",
      "",
    ]);
    expect(await talk(port, "*1\r\n$20000\r\n")).toBe("-ERR Protocol error: invalid bulk length\r\n");
    expect(await talk(port, "*11\r\n$1\r\n")).toBe("-ERR Protocol error: invalid multibulk length\r\n");
  });
});

describeWith("redis", "a port for clients of Redis", (on) => {
  describe.each([
    ["the command engine", () => componentYaml("cache", "state.in-memory"), "state.in-memory"],
    ["Redis itself", () => componentYaml("cache", "state.redis", { redisHost: on.redis.address }), "state.redis"],
  ])("on %s", (_title, component, type) => {
    let port = "";
    const cli = async (...words: readonly string[]): Promise<string> =>
      (await run("redis-cli", ["-p", port, ...words])).stdout;
    beforeAll(async () => {
      port = await start(component());
    }, 60_000);
    afterAll(stop);

    it("serves redis-cli", async () => {
      expect(await cli("set", "port:text", "grüße")).toBe("OK\n");
      expect(await cli("-3", "hset", "port:hash", "a", "1", "b", "2")).toBe("2\n");
      expect(await cli("-3", "--json", "hgetall", "port:hash")).toBe('{"a":"1","b":"2"}\n');
      expect(await cli("-a", "legacy", "--no-auth-warning", "-n", "2", "incr", "port:count")).toBe("1\n");
      expect(await cli("-n", "2", "eval", "return redis.call('get', KEYS[1])", "1", "port:count")).toBe("1\n");
      expect(await cli("debug", "sleep", "1")).toContain(`is not supported by Mecha on ${type}: `);
    });

    it("hangs up on web pages, and on what is no command", async () => {
      const page = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nSET port:forged 1\r\n";
      expect(await talk(port, page)).not.toContain("OK");
      expect(await talk(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\nSET port:forged 1\r\n")).not.toContain("OK");
      expect(await cli("exists", "port:forged")).toBe("0\n");
      expect(await talk(port, "*1\r\n$999999999999\r\n")).toContain("Protocol error: invalid bulk length");
    });
  });
});
