import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPortableCache, type PortableCache } from "../../test/portable-cache.js";
import type { RawClient } from "../../test/raw-client.js";
import { refusedSubcommands } from "./refusals.js";

let cache: PortableCache;
let client: RawClient;
beforeAll(async () => {
  cache = await openPortableCache("state.in-memory");
  client = cache.connect();
});
afterAll(() => cache[Symbol.asyncDispose]());

describe("subcommands", () => {
  it.each([...refusedSubcommands])("%s is refused by name, with what to do instead", async (name, remedy) => {
    const words = [...name.split("|"), "x", "y"];
    const shown = name.replace("|", " ").toUpperCase();
    expect(await client.call(...words)).toBe(`-ERR ${shown} is not supported by Mecha on state.in-memory: ${remedy}`);
  });

  it("are refused in scripts as well, and before a transaction", async () => {
    expect(await client.call("EVAL", "return redis.call('OBJECT', 'IDLETIME', KEYS[1])", "1", "k")).toContain(
      "OBJECT IDLETIME is not supported by Mecha on a state store: ",
    );
    expect(await client.call("EVAL", "return redis.call('DEBUG', 'SLEEP', '0')", "0")).toContain(
      "DEBUG is not supported by Mecha on a state store: ",
    );
    const replies = await client.send([["MULTI"], ["MEMORY", "DOCTOR"], ["EXEC"]]);
    expect(replies.at(-1)).toBe("-EXECABORT Transaction discarded because of previous errors.");
  });

  it.each([
    "client",
    "command",
    "config",
    "latency",
    "memory",
    "object",
    "pubsub",
    "script",
    "slowlog",
    "xgroup",
    "xinfo",
  ])("of %s are listed by HELP", async (name) => {
    const reply = (await client.call(name, "help")) as { readonly type: string; readonly items: readonly unknown[] };
    expect(reply.type).toBe("*");
    expect(String(reply.items[0])).toContain(`+${name.toUpperCase()} <subcommand>`);
  });
});
