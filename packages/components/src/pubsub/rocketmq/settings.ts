import type { ComponentContext } from "@mecha/spec";
import { readMetadata } from "../../metadata/metadata-reader.js";

/** What the metadata of `pubsub.rocketmq` says. */
export interface RocketmqSettings {
  /** `host:port` of each name server. */
  readonly nameServers: readonly string[];
  readonly namespace: string;
  readonly producerGroup: string;
  readonly consumerGroup: string;
  readonly credentials: { readonly accessKey: string; readonly secretKey: string } | undefined;
  /** Whether a subscription that says nothing gets every message. */
  readonly broadcast: boolean;
  /** Sends after the first that failed. */
  readonly retries: number;
  readonly sendTimeoutMs: number;
  readonly consumeFromWhere: string;
  /** `YYYYMMDDhhmmss`, for `ConsumeFromTimestamp`. */
  readonly consumeTimestamp: string | undefined;
  /** Redeliveries until the broker moves a message to the group's dead letter queue. */
  readonly maxReconsumeTimes: number;
  readonly pullBatchSize: number;
  readonly pullThresholdForQueue: number;
  /** Content type of inbound messages: RocketMQ keeps none. */
  readonly contentType: string | undefined;
  /** Names of the properties that carry a sharding key. */
  readonly shardingKeyProperties: readonly string[];
  /** How long `create` waits for name server and broker, in milliseconds. */
  readonly connectTimeoutMs: number;
}

const consumeFromWhereByName: Readonly<Record<string, string>> = {
  ConsumeFromLastOffset: "CONSUME_FROM_LAST_OFFSET",
  ConsumeFromFirstOffset: "CONSUME_FROM_FIRST_OFFSET",
  ConsumeFromTimestamp: "CONSUME_FROM_TIMESTAMP",
};

/** daprd's `-1`, its default, means RocketMQ's 16. */
const defaultMaxReconsumeTimes = 16;

/** Reads the metadata with daprd's names and defaults (`pubsub/rocketmq` of components-contrib 1.18.3). */
export function readRocketmqSettings(context: ComponentContext): RocketmqSettings {
  const metadata = readMetadata(context);
  const unsupported = {
    securityToken: "temporary credentials do not fit this client; use accessKey and secretKey of a long-lived user",
    nameServerDomain: "name the servers themselves in nameServer",
  };
  for (const [key, advice] of Object.entries(unsupported)) {
    if (metadata.text(key, undefined) !== undefined) throw metadata.invalid(key, `is not supported here: ${advice}`);
  }
  if (metadata.boolean("consumeOrderly", false)) {
    const reason = "messages of one sharding key are handled in turn, but one that is redelivered comes later";
    throw metadata.invalid("consumeOrderly", `is "true"; allowed: false (${reason})`);
  }

  function nameServers(): readonly string[] {
    const text = metadata.requiredText("nameServer");
    const addresses = text.split(/[,;]/).map((address) => address.trim().replace(/^https?:\/\//, ""));
    for (const address of addresses) {
      if (!/^[^\s:/]+:\d{1,5}$/.test(address))
        throw metadata.invalid("nameServer", `is "${text}"; allowed: host:port, several with commas`);
    }
    return addresses;
  }

  function credentials(): RocketmqSettings["credentials"] {
    const accessKey = metadata.text("accessKey", undefined);
    const secretKey = metadata.text("secretKey", undefined);
    if (accessKey !== undefined && secretKey !== undefined) return { accessKey, secretKey };
    if (accessKey === undefined && secretKey === undefined) return undefined;
    throw metadata.invalid(accessKey === undefined ? "accessKey" : "secretKey", "is missing; both or none");
  }

  const groupName = metadata.text("groupName", undefined);
  const sendTimeoutSeconds = metadata.integer("sendTimeOutSec", undefined, { min: 1 });
  const sendTimeoutNanoseconds = metadata.integer("sendTimeOut", 30_000_000_000, { min: 1_000_000 });
  const fromWhere = metadata.text("fromWhere", "ConsumeFromLastOffset", {
    allowed: Object.keys(consumeFromWhereByName),
  });
  const maxReconsumeTimes = metadata.integer("maxReconsumeTimes", -1, { min: -1 });
  const consumeTimestamp = metadata.text("consumeTimestamp", undefined);
  if (consumeTimestamp !== undefined && !/^\d{14}$/.test(consumeTimestamp)) {
    throw metadata.invalid("consumeTimestamp", `is "${consumeTimestamp}"; allowed: YYYYMMDDhhmmss`);
  }
  return {
    nameServers: nameServers(),
    namespace: metadata.text("nameSpace", ""),
    producerGroup: metadata.text("producerGroup", groupName ?? context.appId),
    consumerGroup: metadata.text("consumerGroup", groupName ?? metadata.text("consumerID", context.appId)),
    credentials: credentials(),
    broadcast:
      metadata.text("consumerModel", "clustering", { allowed: ["clustering", "broadcasting"] }) === "broadcasting",
    retries: metadata.integer("retries", 3, { min: 0 }),
    sendTimeoutMs: sendTimeoutSeconds === undefined ? sendTimeoutNanoseconds / 1_000_000 : sendTimeoutSeconds * 1_000,
    consumeFromWhere: consumeFromWhereByName[fromWhere] ?? fromWhere,
    consumeTimestamp,
    maxReconsumeTimes: maxReconsumeTimes < 0 ? defaultMaxReconsumeTimes : maxReconsumeTimes,
    pullBatchSize: metadata.integer("pullBatchSize", 32, { aliases: ["consumerBatchSize"], min: 1, max: 1_024 }),
    pullThresholdForQueue: metadata.integer("pullThresholdForQueue", 500, { min: 1 }),
    contentType: metadata.text("content-type", undefined),
    shardingKeyProperties: metadata
      .text("mecha.shardingKeyProperties", "__SHARDING_KEY")
      .split(",")
      .map((name) => name.trim()),
    connectTimeoutMs: metadata.durationMs("mecha.connectTimeout", 5_000, { minMs: 1 }),
  };
}
