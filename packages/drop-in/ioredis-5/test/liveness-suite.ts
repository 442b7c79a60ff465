import { randomUUID } from "node:crypto";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outcome, RunChild } from "./child.js";
import { useComponents, type ComponentFolder } from "@mecha/conformance";
import { memory, onRedis } from "./components.js";

const settled: Outcome = { code: 0, output: "settled\n" };

/** What an app does with a client, and whether its process lives on then. */
const everywhere = {
  "an open client": ["await redis.set('a', '1');", "lives on"],
  "a client that quit": ["await redis.set('a', '1'); await redis.quit();", settled],
  "a client that was disconnected": ["await redis.set('a', '1'); redis.disconnect();", settled],
  "a client disconnected while it connects": ["redis.disconnect();", settled],
  "a client and its duplicate, one of which quit": [
    "const twin = redis.duplicate(); await twin.ping(); await redis.quit();",
    "lives on",
  ],
  "a client and its duplicate, both of which quit": [
    "const twin = redis.duplicate(); await twin.quit(); await redis.quit();",
    settled,
  ],
} as const satisfies Record<string, readonly [string, Outcome]>;

/** Natively the runtime keeps a connection of its own to Redis, which counts as well. */
const portableOnly = {
  "a client whose stream is not referenced": ["await redis.set('a', '1'); redis.stream.unref();", settled],
} as const satisfies Record<string, readonly [string, Outcome]>;

const nativeOnly = {
  "a subscriber": ["await redis.subscribe('channel');", "lives on"],
  "a pop that waits at the top level": [
    `console.log(await redis.blpop('${randomUUID()}', 1)); await redis.quit();`,
    { code: 0, output: "null\nsettled\n" },
  ],
} as const satisfies Record<string, readonly [string, Outcome]>;

const expectation = (outcome: Outcome): "lives on" | "ends" => (outcome === "lives on" ? outcome : "ends");

/**
 * When the process of an app ends: exactly when it would with the original.
 *
 * @param runChild - runs modules that use `Redis` of a release of ioredis
 */
export function livenessSuite(runChild: RunChild): void {
  let components: ComponentFolder;

  describe("the process of a client on a store in memory", () => {
    beforeAll(async () => {
      components = await useComponents([memory]);
    });
    afterAll(() => components.remove());

    it.concurrent.each(Object.entries({ ...everywhere, ...portableOnly }))(
      "with %s",
      async (_title, [code, outcome]) => {
        const script = `const redis = new Redis(); redis.on('error', () => {}); ${code}`;
        expect(await runChild("drop-in", script, { expected: expectation(outcome) })).toEqual(outcome);
      },
    );

    it("ends where a client that connects lazily was never used", async () => {
      expect(await runChild("drop-in", "new Redis({ lazyConnect: true });")).toEqual(settled);
    });

    it("ends where the settings are wrong, though a command waits", async () => {
      const code =
        "const redis = new Redis({ retryStrategy: () => 1 }); redis.on('error', () => {}); redis.get('a').catch(() => {});";
      expect(await runChild("drop-in", code, { environment: { DAPR_RESOURCES_PATHS: "no-such-folder" } })).toEqual(
        settled,
      );
    });

    it("waits for a pop until somebody pushes", async () => {
      const code =
        "const redis = new Redis(), other = new Redis(); const popped = redis.blpop('list', 0); await other.rpush('list', 'x'); console.log((await popped).join()); await redis.quit(); await other.quit();";
      const output = "list,x\nsettled\n";
      expect(await runChild("drop-in", code)).toEqual({ code: 0, output });
    });
  });

  describeWith("redis", "the process of a client on Redis, of ours and of the original", (on) => {
    beforeAll(async () => {
      components = await useComponents([onRedis(on.redis.address)]);
    });
    afterAll(() => components.remove());

    it.concurrent.each(Object.entries({ ...everywhere, ...nativeOnly }))("with %s", async (_title, [code, outcome]) => {
      const script = `const redis = new Redis(${String(on.redis.port)}, '${on.redis.host}'); redis.on('error', () => {}); ${code}`;
      const options = { expected: expectation(outcome) };
      const [original, ours] = [
        await runChild("original", script, options),
        await runChild("drop-in", script, options),
      ];
      expect(original).toEqual(outcome);
      expect(ours).toEqual(original);
    });
  });
}
