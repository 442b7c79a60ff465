import { randomUUID } from "node:crypto";
import { createTopic } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import {
  eventKinds,
  handledUntilKilled,
  kindOf,
  lostOf,
  workFolder,
  workKindsWithBroker as kinds,
  workUntilKilled,
} from "./killed-work.js";

const kills = 5;
const total = 10_000;

describeWith(["redis", "rocketmq"], "processes that are killed one after another", (on) => {
  it("lose nothing of 10,000 acknowledged writes, events, jobs and reminders each, nor do their consumers", {
    timeout: 30 * 60_000,
  }, async () => {
    const topic = `work-${randomUUID()}`;
    await createTopic(on.rocketmq, topic);
    const { nameServer } = on.rocketmq;
    const folder = await workFolder(on.redis, { nameServer, consumerGroup: topic });
    const acknowledged: string[] = [];
    const countOf = (names: readonly string[], kind: string): number =>
      names.filter((name) => kindOf(name) === kind).length;
    for (let kill = 0; kill < kills; kill++) {
      const run = `${topic}-${String(kill)}`;
      acknowledged.push(...(await workUntilKilled({ folder, topic, run, kinds }, total / kills)));
    }
    for (const kind of kinds) expect(countOf(acknowledged, kind), kind).toBeGreaterThanOrEqual(total);

    const handled = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      for (const name of await handledUntilKilled({ folder, topic }, Math.floor(total / (kills + 2))))
        handled.add(name);
    }
    const rest = acknowledged.filter((name) => !handled.has(name));
    for (const kind of eventKinds) expect(countOf(rest, kind), `left of ${kind}`).toBeGreaterThan(0);
    expect(await lostOf({ folder, topic }, rest)).toEqual([]);
  });
});
