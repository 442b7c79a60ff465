import { randomUUID } from "node:crypto";
import { describeWith } from "@mecha/engines/vitest";
import { afterEach, it } from "vitest";
import { PubSubProcesses } from "../../test/pubsub-processes.js";

const processes = new PubSubProcesses("redis-pubsub-process.ts");

afterEach(() => processes.killAll());

describeWith("redis", "processes on pubsub.redis", (on) => {
  it("lose nothing that was published, and deliver all, when publishers and consumers are killed", async () => {
    await processes.loseNothing(on.redis.address, `killed-${randomUUID()}`, ["a", "b"]);
  });
});
