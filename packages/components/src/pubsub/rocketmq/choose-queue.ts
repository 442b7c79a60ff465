import { createHash } from "node:crypto";
import type { MessageQueue, PublishInfo } from "./ali-ons.js";

/**
 * The queue for a message, as ali-ons 3.12 chooses it: by sharding key the one that the first four bytes of the key's MD5 name,
 * else the next in turn; another broker than the one that failed, if there is another.
 *
 * Two things differ, both within what ali-ons may do: a key whose hash names queue 0 stays there (ali-ons spreads it over all),
 * and on several brokers a key stays with the first that has its queue.
 */
export function chooseQueue(
  info: PublishInfo,
  shardingKey: string | undefined,
  failedBroker: string | undefined,
): MessageQueue | undefined {
  const all = info.messageQueueList;
  if (shardingKey !== undefined && shardingKey !== "") {
    const ids = [...new Set(all.map(({ queueId }) => queueId))];
    const id = ids[createHash("md5").update(shardingKey).digest().readUInt32BE() % ids.length];
    const mine = all.filter(({ queueId }) => queueId === id);
    return mine.find(({ brokerName }) => brokerName !== failedBroker) ?? mine[0];
  }
  const elsewhere = all.filter(({ brokerName }) => brokerName !== failedBroker);
  const queues = elsewhere.length > 0 ? elsewhere : all;
  // It starts at a random 31-bit number and would outgrow safe integers after millennia.
  return queues[info.sendWhichQueue++ % queues.length];
}
