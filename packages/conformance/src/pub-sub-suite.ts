import assert from "node:assert/strict";
import { MechaError, type PubSub } from "@mecha/spec";
import { deliveryTests } from "./pub-sub/delivery-tests.js";
import { groupTests } from "./pub-sub/group-tests.js";
import { createPubSubFixture, type PubSubFixture, textMessage } from "./pub-sub/pub-sub-fixture.js";
import type { PubSubSupports } from "./pub-sub/pub-sub-supports.js";
import { redeliveryTests } from "./pub-sub/redelivery-tests.js";
import { wildcardTests } from "./pub-sub/wildcard-tests.js";
import { suiteTitles } from "./suite-titles.js";
import type { TestFunctions } from "./test-functions.js";

export type { PubSubSupports } from "./pub-sub/pub-sub-supports.js";

/** Declares one test on a component of its own. */
export type DeclarePubSubTest = (title: string, body: (fixture: PubSubFixture) => Promise<void>) => void;

/**
 * Declares the tests that every pub/sub component passes. Topics and groups are random, so the broker may be shared.
 *
 * @param test - vitest's functions
 * @param create - makes a component; called once for each test, which closes it
 * @param supports - what the component promises beyond the core of the contract
 */
export function pubSubSuite(
  test: Pick<TestFunctions, "describe" | "it">,
  create: () => Promise<PubSub>,
  supports: PubSubSupports,
): void {
  const on: DeclarePubSubTest = (title, body) => {
    test.it(title, async () => {
      const pubsub = await create();
      try {
        await body(createPubSubFixture(pubsub, supports));
      } finally {
        await pubsub.close?.();
      }
    });
  };

  test.describe(suiteTitles.pubSubSuite, () => {
    on(
      "advertises exactly what it supports, says what it talks to, and answers a ping if it has one",
      async ({ pubsub }) => {
        assert.deepEqual([...pubsub.features].sort(), [...supports.features].sort());
        assert.match(pubsub.backend, /^\w+(:|$)/);
        await pubsub.ping?.();
      },
    );

    deliveryTests(on);
    groupTests(on);
    redeliveryTests(on, supports);
    wildcardTests(on, supports);

    on("refuses everything once closed, and may be closed twice", async ({ pubsub, topic, subscribe }) => {
      await subscribe();
      await Promise.all([pubsub.close?.(), pubsub.close?.()]);
      const unavailable = (error: unknown) => MechaError.is(error) && error.code === "UNAVAILABLE";
      await assert.rejects(pubsub.publish(topic, [textMessage("too late")]), unavailable);
      await assert.rejects(subscribe(), unavailable);
    });

    on("refuses wrong metadata of a subscription by its key", async ({ subscribe }) => {
      for (const metadata of [{ maxInFlight: "none" }, { broadcast: "perhaps" }]) {
        const [key = ""] = Object.keys(metadata);
        await assert.rejects(
          subscribe({ metadata }),
          (error) => MechaError.is(error) && error.code === "CONFIGURATION_INVALID" && error.message.includes(key),
        );
      }
    });
  });
}
