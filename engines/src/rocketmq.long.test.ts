import { expect, test } from "vitest";
import { describeWith } from "./describe-engine.js";
import { startRocketmq } from "./rocketmq.js";
import { engineStartMs } from "./shared-engine.js";
import { isAlive, temporaryFolder } from "./testing/process-and-folder.js";

describeWith("rocketmq", "rocketmq", () => {
  test("ends by itself when it is asked to, and keeps the folder that was named", {
    timeout: engineStartMs,
  }, async () => {
    using folder = temporaryFolder();
    const rocketmq = await startRocketmq({ dataFolder: folder.path });
    expect(rocketmq.dataFolder).toBe(folder.path);
    await rocketmq.stop();
    expect(rocketmq.pids.some(isAlive)).toBe(false);
  });
});
