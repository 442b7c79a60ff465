export { missing, type MissingEngine } from "./missing.js";
export { type RedisEngine, type RedisOptions, startRedis } from "./redis.js";
export { type RocketmqEngine, type RocketmqOptions, startRocketmq } from "./rocketmq.js";
export { type NacosEngine, type NacosOptions, startNacos } from "./nacos.js";
export {
  createConsumerGroup,
  createTopic,
  type GroupOptions,
  type TopicOptions,
  type TopicType,
} from "./rocketmq-topics.js";
export { freePortFamily } from "./free-ports.js";
export { type ConsumerQueueOffset, consumerOffset, type QueueOffsets, topicOffsets } from "./rocketmq-offsets.js";
export {
  type EngineAddresses,
  type EngineName,
  engineNames,
  type NacosAddress,
  type RedisAddress,
  type RocketmqAddress,
  type RunningEngine,
  type StartOptions,
  type StopOptions,
} from "./engine.js";
