import { callRemoting, failedCall } from "./rocketmq-remoting.js";
import { type QueueAddress, routeOf } from "./rocketmq-route.js";

const queryConsumerOffset = 14;
const getMaxOffset = 30;
const getMinOffset = 31;
const offsetNotFound = 22;

/** How far one queue of a topic is written. */
export interface QueueOffsets {
  /** The broker's name. */
  readonly broker: string;
  readonly queue: number;
  /** The offset of the oldest message that is kept. */
  readonly min: number;
  /** The offset that the next message gets; `max - min` messages are kept. */
  readonly max: number;
}

/** How far a consumer group has come in one queue. */
export interface ConsumerQueueOffset {
  /** The broker's name. */
  readonly broker: string;
  readonly queue: number;
  /** The offset of the next message for the group; undefined when it has not consumed from this queue. */
  readonly offset: number | undefined;
}

async function offset(code: number, { address, queue }: QueueAddress, topic: string): Promise<number> {
  const response = await callRemoting(address, { code, fields: { topic, queueId: String(queue) } });
  if (response.code !== 0) throw failedCall(`asking for an offset of ${topic} queue ${queue}`, response);
  return Number(response.fields["offset"]);
}

/**
 * How many messages each queue of a topic was given, asked from its brokers: a count that no client has a part in.
 *
 * @param nameServer - `host:port` on this machine
 */
export async function topicOffsets(nameServer: string, topic: string): Promise<readonly QueueOffsets[]> {
  const queues = await routeOf(nameServer, topic);
  if (!queues) throw new Error(`the name server at ${nameServer} knows no topic ${topic}`);
  return Promise.all(
    queues.map(async (queue) => {
      const [min, max] = await Promise.all([offset(getMinOffset, queue, topic), offset(getMaxOffset, queue, topic)]);
      return { broker: queue.broker, queue: queue.queue, min, max };
    }),
  );
}

/**
 * How far a consumer group has come in each queue of a topic, as its brokers have it on record. Clients report it every
 * few seconds, so it lags behind what was consumed.
 *
 * @param nameServer - `host:port` on this machine
 */
export async function consumerOffset(
  nameServer: string,
  group: string,
  topic: string,
): Promise<readonly ConsumerQueueOffset[]> {
  const queues = await routeOf(nameServer, topic);
  if (!queues) throw new Error(`the name server at ${nameServer} knows no topic ${topic}`);
  return Promise.all(
    queues.map(async ({ broker, address, queue }) => {
      const fields = { consumerGroup: group, topic, queueId: String(queue), setZeroIfNotFound: "false" };
      const response = await callRemoting(address, { code: queryConsumerOffset, fields });
      if (response.code === offsetNotFound) return { broker, queue, offset: undefined };
      if (response.code !== 0)
        throw failedCall(`asking for the offset of ${group} in ${topic} queue ${queue}`, response);
      return { broker, queue, offset: Number(response.fields["offset"]) };
    }),
  );
}
