import assert from "node:assert/strict";
import type { DeclarePubSubTest } from "../pub-sub-suite.js";
import type { PubSubSupports } from "./pub-sub-supports.js";
import { bodyOf } from "./pub-sub-fixture.js";

/** What comes again, how often, and in which order. */
export function redeliveryTests(on: DeclarePubSubTest, supports: PubSubSupports): void {
  on("delivers again what was answered retry or failed, and nothing else", async ({ publish, subscribe }) => {
    const inbox = await subscribe({
      answer(message) {
        const body = bodyOf(message);
        if (message.attempt > 1 || body === "succeeds") return "success";
        if (body === "is dropped") return "drop";
        if (body === "throws") throw new Error("meant to fail");
        return "retry";
      },
    });
    // The last two come again after the first two would have, had they been kept.
    await publish(["succeeds", "is dropped", "throws", "is retried"]);
    await inbox.holds(6);
    assert.deepEqual(inbox.bodies().slice(4).sort(), ["is retried", "throws"]);
    for (const message of inbox.messages.slice(4)) {
      const first = inbox.messages.find((earlier) => bodyOf(earlier) === bodyOf(message));
      assert.equal(message.attempt, 2);
      assert.equal(message.id, first?.id, "the id changed");
    }
  });

  on("redelivers to the group that failed only", async ({ topic, publish, subscribe }) => {
    const failing = await subscribe({
      group: `${topic}-failing`,
      answer: ({ attempt }) => (attempt === 1 ? "retry" : "success"),
    });
    const content = await subscribe({ group: `${topic}-content` });
    await publish(["once or twice"]);
    await failing.holds(2);
    await content.holds(1);
    assert.equal(content.messages.length, 1);
  });

  if (!supports.features.includes("ORDERED")) return;

  on("keeps the order of each key, redelivery included", async ({ publish, subscribe }) => {
    const done: string[] = [];
    const inbox = await subscribe({
      answer(message) {
        if (message.attempt === 1 && bodyOf(message).endsWith(" 1")) return "retry";
        done.push(bodyOf(message));
        return "success";
      },
    });
    const keys = ["red", "blue"];
    for (let index = 0; index < 5; index++) {
      for (const key of keys) await publish([`${key} ${index}`], { "rocketmq-shardingkey": key });
    }
    await inbox.holds(12);
    for (const key of keys) {
      assert.deepEqual(
        done.filter((body) => body.startsWith(key)),
        Array.from({ length: 5 }, (_, index) => `${key} ${index}`),
      );
    }
  });
}
