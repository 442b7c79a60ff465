import type { ComponentDefinition } from "@mecha/conformance";

/** A store in memory. */
export const memory: ComponentDefinition = { name: "cache", type: "state.in-memory" };

/** A store on a Redis. */
export function onRedis(address: string): ComponentDefinition {
  return { name: "cache", type: "state.redis", metadata: { redisHost: address, redisMaxRetries: "0" } };
}
