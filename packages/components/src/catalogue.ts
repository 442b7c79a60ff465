import type { ComponentDefinition } from "@mecha/spec";

/** Loads the module that implements one component type. */
export type ComponentImport = () => Promise<{ readonly component: ComponentDefinition }>;

/**
 * Every component type that this package serves, and how to load it. A type's file, and with it its backend's client, is
 * loaded when a component of that type is first created, never before.
 */
export const catalogue: Readonly<Record<string, ComponentImport>> = {
  "bindings.cron": () => import("./bindings/cron.js"),
  "bindings.http": () => import("./bindings/http.js"),
  "bindings.localstorage": () => import("./bindings/localstorage.js"),
  "bindings.nacos": () => import("./bindings/nacos.js"),
  "bindings.redis": () => import("./bindings/redis.js"),
  "bindings.rocketmq": () => import("./bindings/rocketmq.js"),
  "configuration.file": () => import("./configuration/file.js"),
  "configuration.in-memory": () => import("./configuration/memory.js"),
  "configuration.nacos": () => import("./configuration/nacos.js"),
  "configuration.redis": () => import("./configuration/redis.js"),
  "conversation.echo": () => import("./conversation/echo.js"),
  "conversation.openai": () => import("./conversation/openai.js"),
  "crypto.dapr.jwks": () => import("./crypto/jwks.js"),
  "crypto.dapr.localstorage": () => import("./crypto/localstorage.js"),
  "lock.in-memory": () => import("./lock/memory.js"),
  "lock.redis": () => import("./lock/redis.js"),
  "pubsub.in-memory": () => import("./pubsub/memory.js"),
  "pubsub.redis": () => import("./pubsub/redis.js"),
  "pubsub.rocketmq": () => import("./pubsub/rocketmq.js"),
  "pubsub.sqlite": () => import("./pubsub/sqlite.js"),
  "secretstores.local.env": () => import("./secretstores/local-env.js"),
  "secretstores.local.file": () => import("./secretstores/local-file.js"),
  "state.in-memory": () => import("./state/memory.js"),
  "state.redis": () => import("./state/redis.js"),
  "state.sqlite": () => import("./state/sqlite.js"),
};
