import { setTimeout as delay } from "node:timers/promises";
import type { RocketmqAddress } from "./engine.js";
import { callRemoting, failedCall } from "./rocketmq-remoting.js";
import { routeOf } from "./rocketmq-route.js";

const updateAndCreateTopic = 17;
const updateAndCreateSubscriptionGroup = 200;
const readAndWrite = "6";
const routePatienceMs = 20_000;

/** What a topic may carry; the gRPC proxy refuses everything else. The 4.x protocol does not look at it. */
export type TopicType = "NORMAL" | "FIFO" | "DELAY" | "TRANSACTION";

/** How a topic is made. */
export interface TopicOptions {
  /** @defaultValue NORMAL */
  readonly type?: TopicType;
  /** @defaultValue 4 */
  readonly queues?: number;
}

/** How a consumer group is made. */
export interface GroupOptions {
  /** Whether a 5.x client in this group gets the messages of a FIFO topic in order. @defaultValue false */
  readonly ordered?: boolean;
  /** How often a message is delivered again before it goes to the dead letters. @defaultValue 16 */
  readonly retries?: number;
}

/** Waits until the name server can tell where a topic is; the broker's word reaches it a moment after the topic is made. */
async function untilRouted(nameServer: string, topic: string): Promise<void> {
  const deadline = performance.now() + routePatienceMs;
  while (!(await routeOf(nameServer, topic))) {
    if (performance.now() > deadline) throw new Error(`the name server at ${nameServer} got no route to ${topic}`);
    await delay(20);
  }
}

/** The topic that brokers which make topics by themselves take as a pattern; its route names them. */
const patternTopic = "TBW102";

async function brokerOf(nameServer: string): Promise<string> {
  const [first] = (await routeOf(nameServer, patternTopic)) ?? [];
  if (first === undefined) throw new Error(`the name server at ${nameServer} knows no broker that makes topics`);
  return first.address;
}

/**
 * Makes a topic (or changes it) and waits until clients can find it. The gRPC proxy makes none by itself.
 *
 * @param rocketmq - an engine's address, or a name server alone, whose first broker is taken then
 */
export async function createTopic(
  rocketmq: { readonly nameServer: string; readonly broker?: string },
  topic: string,
  { type = "NORMAL", queues = 4 }: TopicOptions = {},
): Promise<void> {
  const fields = {
    topic,
    defaultTopic: patternTopic,
    readQueueNums: String(queues),
    writeQueueNums: String(queues),
    perm: readAndWrite,
    topicFilterType: "SINGLE_TAG",
    topicSysFlag: "0",
    order: "false",
    attributes: `+message.type=${type}`,
  };
  const broker = rocketmq.broker ?? (await brokerOf(rocketmq.nameServer));
  const response = await callRemoting(broker, { code: updateAndCreateTopic, fields });
  if (response.code !== 0) throw failedCall(`making the topic ${topic}`, response);
  await untilRouted(rocketmq.nameServer, topic);
}

/** Makes a consumer group (or changes it). A 5.x client whose group is missing never gets to work. */
export async function createConsumerGroup(
  rocketmq: RocketmqAddress,
  group: string,
  { ordered = false, retries = 16 }: GroupOptions = {},
): Promise<void> {
  const body = {
    groupName: group,
    consumeEnable: true,
    consumeFromMinEnable: true,
    consumeBroadcastEnable: true,
    consumeMessageOrderly: ordered,
    retryQueueNums: 1,
    retryMaxTimes: retries,
    brokerId: 0,
    whichBrokerWhenConsumeSlowly: 1,
    notifyConsumerIdsChangedEnable: true,
  };
  const response = await callRemoting(rocketmq.broker, { code: updateAndCreateSubscriptionGroup, fields: {}, body });
  if (response.code !== 0) throw failedCall(`making the consumer group ${group}`, response);
}
