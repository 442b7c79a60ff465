import { bindingSuite } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import type { OutputBinding } from "@mecha/spec";
import { Redis } from "ioredis-upstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./redis.js";

describeWith("redis", "bindings.redis", (on) => {
  let binding: OutputBinding;
  let redis: Redis;
  beforeAll(async () => {
    binding = await component.create(testContext("bindings.redis", { redisHost: on.redis.address }));
    redis = new Redis(on.redis.port, on.redis.host);
  });
  afterAll(async () => {
    await redis.quit();
    await binding.close?.();
  });

  const call = async (operation: string, data: string | Uint8Array = "", metadata: Record<string, string> = {}) =>
    (await binding.invoke({ operation, data: Buffer.from(data as string), metadata })).data;
  const command = async (data: unknown, metadata: Record<string, string> = {}) =>
    JSON.parse(Buffer.from((await call("command", JSON.stringify(data), metadata)) ?? []).toString()) as unknown;

  bindingSuite(
    { describe, it },
    () => component.create(testContext("bindings.redis", { redisHost: on.redis.address })),
    {
      operations: ["create", "get", "delete", "increment", "command"],
    },
  );

  it("keeps bytes in a string, gives them back, and removes them", async () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    const key = { key: "binding||bytes" };
    await call("create", bytes, key);
    expect((await redis.getBuffer("binding||bytes"))?.equals(bytes)).toBe(true);
    expect(Buffer.from((await call("get", "", key)) ?? []).equals(bytes)).toBe(true);
    await call("delete", "", key);
    expect(await call("get", "", key)).toHaveLength(0);
  });

  it("takes a value away as it reads it", async () => {
    await call("create", "once", { key: "binding||once" });
    expect(String(await call("get", "", { key: "binding||once", delete: "true" }))).toBe("once");
    expect(await redis.exists("binding||once")).toBe(0);
  });

  it("counts, and lets keys expire", async () => {
    await call("increment", "", { key: "binding||count" });
    await call("increment", "", { key: "binding||count", ttlInSeconds: "50" });
    expect(await redis.get("binding||count")).toBe("2");
    expect(await redis.ttl("binding||count")).toBeGreaterThan(48);
    await expect(call("create", "x", { key: "binding||never", ttlInSeconds: "-1" })).rejects.toThrow("ttlInSeconds");
    expect(await redis.exists("binding||never")).toBe(0);
  });

  it("runs any command and answers its reply as JSON", async () => {
    expect(await command(["HSET", "binding||hash", "name", "Ann", "age", 42])).toBe(2);
    expect(await command(["HMGET", "binding||hash", "age", "none", "name"])).toEqual(["42", null, "Ann"]);
    await redis.set("binding||raw", Buffer.from([255, 0]));
    expect(await command(["GET", "binding||raw"], { encoding: "base64" })).toBe("/wA=");
  });

  it("runs a group of commands as one transaction", async () => {
    const group = [
      ["SET", "binding||a", "1"],
      ["INCRBY", "binding||a", "41"],
      ["GET", "binding||a"],
    ];
    expect(await command(group)).toEqual(["OK", 42, "42"]);
    await expect(
      command([
        ["SET", "binding||b", "1"],
        ["NOSUCHCOMMAND", "x"],
      ]),
    ).rejects.toThrow(/unknown command|EXECABORT/);
    expect(await redis.exists("binding||b")).toBe(0);
  });

  it.each(["subscribe", "BLPOP", "select", "MULTI", "client", "shutdown"])(
    "refuses %s, which others on the connection would feel",
    async (name) => {
      await expect(command([name, "x"])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    },
  );

  it.each(["", "{}", "[]", '["GET",{}]', '[["GET","a"],"b"]', '[""]'])("refuses %j for a command", async (data) => {
    await expect(call("command", data)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("takes no commands of clients past a prefix that only sessions put before keys", async () => {
    const metadata = { redisHost: on.redis.address, "mecha.sessionKeyPrefix": "appid" };
    const prefixed = await component.create(testContext("bindings.redis", metadata));
    const request = { operation: "command", data: Buffer.from("*1\r\n$4\r\nPING\r\n"), metadata: { encoding: "resp" } };
    await expect(prefixed.invoke(request)).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: expect.stringContaining("mecha.sessionKeyPrefix") as unknown,
    });
    await prefixed.close?.();
  });

  it("has the same rules for commands as sessions", async () => {
    const metadata = { redisHost: on.redis.address, "mecha.sessionCommands": "-* +get" };
    const ruled = await component.create(testContext("bindings.redis", metadata));
    const data = Buffer.from("INFO SET+k+v GET+none".split(" ").map(encoded).join(""));
    const reply = await ruled.invoke({ operation: "command", data, metadata: { encoding: "resp" } });
    expect(Buffer.from(reply.data ?? []).toString()).toMatch(
      /^\$\d+\r\n# Server[^]*-ERR SET is not supported by Mecha on bindings\.redis: [^\r]*\r\n\$-1\r\n$/u,
    );
    await ruled.close?.();
  });

  it("refuses a request without a key, and an operation that it does not know", async () => {
    await expect(call("get")).rejects.toThrow("redis binding: missing key in request metadata");
    await expect(call("list", "", { key: "k" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

/** A command, its words joined by a plus, in Redis's protocol. */
function encoded(command: string): string {
  const words = command.split("+");
  return `*${String(words.length)}\r\n${words.map((word) => `$${String(word.length)}\r\n${word}\r\n`).join("")}`;
}
