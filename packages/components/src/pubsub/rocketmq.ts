import type { ComponentDefinition } from "@mecha/spec";
import { loadClient } from "../clients/load-client.js";
import { readRocketmqSettings } from "./rocketmq/settings.js";

/**
 * RocketMQ through its remoting protocol: daprd's `pubsub.rocketmq` and its metadata, on ali-ons's connection.
 *
 * Messages are what an ali-ons client would have left: body as given, `TAGS`, `KEYS`, `__SHARDING_KEY` and the publisher's
 * metadata as properties (`DELAY` and `__STARTDELIVERTIME` work as in ali-ons), the queue chosen by sharding key as ali-ons does.
 * A handler's `retry` has the broker redeliver, after 10 s the first time; a broadcast message is retried here.
 * Messages of one sharding key are handled in turn; one that is redelivered comes after later ones.
 *
 * Metadata: `nameServer`, `consumerGroup`, `producerGroup`, `groupName`, `nameSpace`, `accessKey`, `secretKey`, `consumerModel`,
 * `fromWhere`, `consumeTimestamp`, `retries`, `sendTimeOutSec`, `sendTimeOut`, `maxReconsumeTimes`, `pullBatchSize`,
 * `pullThresholdForQueue`, `content-type`. `mspProperties` is not needed: handlers get all properties. Ours alone:
 * `mecha.shardingKeyProperties` (`__SHARDING_KEY`; `__SHARDING_KEY,SHARDING_KEY` where Go and Java clients read it) and
 * `mecha.connectTimeout` (5s). Subscriptions know `maxReconsumeTimes` besides the common names; the first of a group decides.
 */
export const component: ComponentDefinition<"pubsub"> = {
  type: "pubsub.rocketmq",
  async create(context) {
    const settings = readRocketmqSettings(context);
    // The module extends the client's classes, so it loads the client.
    const load = () => import("./rocketmq/rocketmq-pubsub.js");
    const { createRocketmqPubSub } = await loadClient(context, "ali-ons-upstream", load);
    return createRocketmqPubSub(context, settings);
  },
};
