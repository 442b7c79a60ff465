export { missing, type MissingEngine } from "./missing.js";
export { type RedisEngine, type RedisOptions, startRedis } from "./redis.js";
export { type RocketmqEngine, type RocketmqOptions, startRocketmq } from "./rocketmq.js";
export { type NacosEngine, type NacosOptions, startNacos } from "./nacos.js";
export { type AppProtocol, type DaprdEngine, type DaprdOptions, startDaprd } from "./daprd.js";
export { type PlacementEngine, startPlacement } from "./placement.js";
export { type SchedulerEngine, startScheduler } from "./scheduler.js";
export { daprBuild, type DaprBuild, type DaprMinor, daprMinors, daprVersion } from "./daprd-binary.js";
export { buildDapr } from "./daprd-step.js";
export { goCommand } from "./go-command.js";
export { readDaprDescriptors } from "./daprd-descriptors.js";
export {
  createConsumerGroup,
  createTopic,
  type GroupOptions,
  type TopicOptions,
  type TopicType,
} from "./rocketmq-topics.js";
export { freePortFamily } from "./free-ports.js";
export { createScratchFolder, type ScratchFolder } from "./scratch-folder.js";
export { type ConsumerQueueOffset, consumerOffset, type QueueOffsets, topicOffsets } from "./rocketmq-offsets.js";
export {
  type EngineAddresses,
  type EngineName,
  engineNames,
  type NacosAddress,
  type PlacementAddress,
  type RedisAddress,
  type RocketmqAddress,
  type RunningEngine,
  type SchedulerAddress,
  type SharedEngineName,
  type StartOptions,
  type StopOptions,
} from "./engine.js";
