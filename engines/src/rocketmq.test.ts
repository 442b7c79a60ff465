import { expect, test } from "vitest";
import { describeWith } from "./describe-engine.js";
import { startRocketmq } from "./rocketmq.js";
import { consumerOffset, topicOffsets } from "./rocketmq-offsets.js";
import { callRemoting } from "./rocketmq-remoting.js";
import { routeOf } from "./rocketmq-route.js";
import { createConsumerGroup, createTopic } from "./rocketmq-topics.js";
import { engineStartMs } from "./shared-engine.js";
import { accepts } from "./tcp.js";
import { listeningAddresses } from "./testing/listening-addresses.js";
import { isAlive, temporaryFolder } from "./testing/process-and-folder.js";

const sendMessage = 10;
const updateConsumerOffset = 15;

/** What a 4.x client does to send; the body is any JSON. */
async function send(broker: string, topic: string, queue: number, body: unknown): Promise<void> {
  const fields = {
    producerGroup: "engines-test",
    topic,
    defaultTopic: "TBW102",
    defaultTopicQueueNums: "4",
    queueId: String(queue),
    sysFlag: "0",
    bornTimestamp: String(Date.now()),
    flag: "0",
    reconsumeTimes: "0",
  };
  const response = await callRemoting(broker, { code: sendMessage, fields, body });
  expect(response).toMatchObject({ code: 0 });
}

describeWith("rocketmq", "rocketmq", (on) => {
  test("the run's name server has a route to a topic that was made, and none to another", async () => {
    const topic = "engines-route";
    await createTopic(on.rocketmq, topic, { queues: 2, type: "FIFO" });
    const { nameServer, broker } = on.rocketmq;
    expect(await routeOf(nameServer, topic)).toEqual([
      { broker: "broker-a", address: broker, queue: 0 },
      { broker: "broker-a", address: broker, queue: 1 },
    ]);
    expect(await routeOf(nameServer, "engines-nowhere")).toBeUndefined();
    await expect(topicOffsets(nameServer, "engines-nowhere")).rejects.toThrow("knows no topic engines-nowhere");
  });

  test("counts the messages that were sent to each queue of a topic, and how far a group has come", async () => {
    const topic = "engines-count";
    const group = "GID_engines-count";
    await createTopic(on.rocketmq, topic, { queues: 2 });
    await createConsumerGroup(on.rocketmq, group, { ordered: true, retries: 3 });
    const { nameServer, broker } = on.rocketmq;
    for (const queue of [0, 1, 1]) await send(broker, topic, queue, { queue });
    expect(await topicOffsets(nameServer, topic)).toEqual([
      { broker: "broker-a", queue: 0, min: 0, max: 1 },
      { broker: "broker-a", queue: 1, min: 0, max: 2 },
    ]);
    const fields = { consumerGroup: group, topic, queueId: "1", commitOffset: "2" };
    expect(await callRemoting(broker, { code: updateConsumerOffset, fields })).toMatchObject({ code: 0 });
    expect(await consumerOffset(nameServer, group, topic)).toEqual([
      { broker: "broker-a", queue: 0, offset: undefined },
      { broker: "broker-a", queue: 1, offset: 2 },
    ]);
  });

  test("the run's proxy accepts connections", async () => {
    expect(await accepts(Number(on.rocketmq.proxy.split(":")[1]))).toBe(true);
  });

  test("listens on loopback only, and keeps its messages through a kill and a start on the same folder and ports", {
    timeout: 2 * engineStartMs,
  }, async () => {
    using folder = temporaryFolder();
    const first = await startRocketmq({
      dataFolder: folder.path,
      topics: { kept: { queues: 1 } },
      groups: ["GID_kept"],
    });
    await send(first.broker, "kept", 0, "one");
    const listening = first.pids.flatMap(listeningAddresses);
    expect(listening).toEqual(expect.arrayContaining([first.nameServer, first.broker, first.proxy]));
    expect(listening.filter((address) => !address.startsWith("127.0.0.1:"))).toEqual([]);
    await first.stop({ hard: true });
    expect(first.pids.some(isAlive)).toBe(false);
    const port = Number(first.nameServer.split(":")[1]);
    await using second = await startRocketmq({ dataFolder: folder.path, port });
    expect(second.nameServer).toBe(first.nameServer);
    expect(await topicOffsets(second.nameServer, "kept")).toEqual([{ broker: "broker-a", queue: 0, min: 0, max: 1 }]);
    await second.stop({ hard: true });
  });
});
