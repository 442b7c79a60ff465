import assert from "node:assert/strict";
import type { DeclarePubSubTest } from "../pub-sub-suite.js";
import { bodyOf, textMessage } from "./pub-sub-fixture.js";
import type { PubSubSupports } from "./pub-sub-supports.js";

/** Subscriptions to several topics at once, where the broker has them. */
export function wildcardTests(on: DeclarePubSubTest, supports: PubSubSupports): void {
  if (!supports.features.includes("SUBSCRIBE_WILDCARDS")) return;

  on(
    "gives a subscription to a pattern every topic that fits it, and no other",
    async ({ pubsub, topic, subscribe }) => {
      const all = await subscribe({ topic: `${topic}.*`, group: `${topic}-pattern` });
      const one = await subscribe({ topic: `${topic}.a`, group: `${topic}-plain` });
      for (const name of ["other", `${topic}.a`, `${topic}.b`]) await pubsub.publish(name, [textMessage(name)]);
      await all.holds(2);
      await one.holds(1);
      assert.deepEqual(all.messages.map(bodyOf).sort(), [`${topic}.a`, `${topic}.b`]);
      assert.deepEqual(one.messages.map(bodyOf), [`${topic}.a`]);
    },
  );
}
