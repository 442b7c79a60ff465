import { createTopic } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import type { ComponentDefinition } from "@mecha/conformance";
import { rocketmq, sqlite, useComponents } from "./components.js";
import { load } from "./library.js";
import { observe } from "./observe.js";

async function observeDropIn(component: ComponentDefinition, nameServer: string, topic: string) {
  const folder = await useComponents([component]);
  try {
    return await observe(await load("drop-in"), nameServer, topic);
  } finally {
    await folder.remove();
  }
}

describeWith("rocketmq", "@mecha/ali-ons beside ali-ons 3.12.0", (on) => {
  it("does with the same messages the same, on RocketMQ and on a local broker", { timeout: 120_000 }, async () => {
    const { nameServer } = on.rocketmq;
    const topics = ["pairs-original", "pairs-rocketmq", "pairs-local"] as const;
    for (const topic of topics) await createTopic(on.rocketmq, topic);
    const [expected, onRocketmq] = await Promise.all([
      observe(await load("original"), nameServer, topics[0]),
      observeDropIn(rocketmq(nameServer), nameServer, topics[1]),
    ]);
    const onSqlite = await observeDropIn(sqlite, nameServer, topics[2]);
    const comparable = (observation: unknown, topic: string) =>
      JSON.parse(JSON.stringify(observation).replaceAll(topic, "TOPIC")) as unknown;
    const reference = comparable(expected, topics[0]);
    expect(comparable(onRocketmq, topics[1])).toEqual(reference);
    expect(comparable(onSqlite, topics[2])).toEqual(reference);
    expect(expected.errors).toEqual(["process mq message failed, topic: pairs-original, msgId: ID, out of paper"]);
    expect(expected.mostAtOnce).toBe(2);
  });
});
