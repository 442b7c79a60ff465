import { randomUUID } from "node:crypto";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { kindOf, lostOf, workFolder, workKinds, workUntilKilled } from "./killed-work.js";

const kills = 5;

describeWith("redis", "processes that are killed one after another", (on) => {
  it("lose nothing of 10,000 acknowledged writes, events, jobs and reminders each", {
    timeout: 30 * 60_000,
  }, async () => {
    const folder = await workFolder(on.redis);
    const topic = `work-${randomUUID()}`;
    const acknowledged: string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const run = `${topic}-${String(kill)}`;
      acknowledged.push(...(await workUntilKilled({ folder, topic, run }, 10_000 / kills)));
    }
    for (const kind of workKinds) {
      expect(acknowledged.filter((name) => kindOf(name) === kind).length, kind).toBeGreaterThanOrEqual(10_000);
    }
    expect(await lostOf({ folder, topic }, acknowledged)).toEqual([]);
  });
});
