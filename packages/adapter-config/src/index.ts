export { NacosConfigAgent, type NacosAgentOptions, type NacosRequest } from "./nacos/nacos-config-agent.js";
export type { NacosError } from "./nacos/nacos-errors.js";
export { holdProcess, registerDropIn, type ProcessHold } from "@mecha/adapter-kit";
export { keyOf, writeMetadata, type ConfigItem, type WriteDetails } from "./config-item.js";
