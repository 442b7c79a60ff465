import { randomUUID } from "node:crypto";
import { useComponents, type ComponentFolder } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outcome, RunChild } from "../../ioredis-5/test/child.js";
import { memory, onRedis } from "../../ioredis-5/test/components.js";

const settled: Outcome = { code: 0, output: "settled\n" };

/** What an app does with a client, and whether its process lives on then. */
const cases = {
  "an open client": ["await client.connect(); await client.set('a', '1');", "lives on"],
  "a client that was never connected": ["", settled],
  "a client that quit": ["await client.connect(); await client.quit();", settled],
  "a client that was disconnected": ["await client.connect(); await client.disconnect();", settled],
  "a client and its duplicate, one of which quit": [
    "await client.connect(); const twin = client.duplicate(); await twin.connect(); await client.quit();",
    "lives on",
  ],
  "a subscriber": ["await client.connect(); await client.subscribe('channel', () => {});", "lives on"],
  "a pop that waits at the top level": [
    `await client.connect(); console.log(await client.blPop('${randomUUID()}', 1)); await client.quit();`,
    { code: 0, output: "null\nsettled\n" },
  ],
} as const satisfies Record<string, readonly [string, Outcome]>;

/** Natively the runtime keeps a connection of its own to Redis, which counts as well. */
const unreferenced = ["await client.connect(); await client.set('a', '1'); client.unref();", settled] as const;

/** Two processes one after the other, on a machine that does much else. */
const limitMs = 120_000;

/**
 * When the process of an app ends: exactly when it would with the original.
 *
 * @param runChild - runs modules that use `createClient` of a release of node-redis
 */
export function livenessSuite(runChild: RunChild): void {
  let components: ComponentFolder;

  const script = (code: string, options = ""): string =>
    `const client = createClient(${options}); client.on('error', () => {}); ${code}`;
  const run = (subject: "original" | "drop-in", text: string, outcome: Outcome): Promise<Outcome> =>
    runChild(subject, text, { expected: outcome === "lives on" ? outcome : "ends" });

  describe("the process of a client on a store in memory", () => {
    beforeAll(async () => {
      components = await useComponents([memory]);
    });
    afterAll(() => components.remove());

    it.each(Object.entries({ ...cases, "a client that is not referenced": unreferenced }))(
      "with %s",
      async (_title, [code, outcome]) => {
        expect(await run("drop-in", script(code), outcome)).toEqual(outcome);
      },
      limitMs,
    );
  });

  describeWith("redis", "the process of a client on Redis, of ours and of the original", (on) => {
    beforeAll(async () => {
      components = await useComponents([onRedis(on.redis.address)]);
    });
    afterAll(() => components.remove());

    it.each(Object.entries(cases))(
      "with %s",
      async (_title, [code, outcome]) => {
        const text = script(code, `{ url: 'redis://${on.redis.address}' }`);
        const [original, ours] = [await run("original", text, outcome), await run("drop-in", text, outcome)];
        expect(original).toEqual(outcome);
        expect(ours).toEqual(original);
      },
      limitMs,
    );
  });
}
