import type { DaprApiRun } from "../../src/index.js";

/**
 * What daprd has on the components of `daprd-resources.ts`. Where it differs from the embedded runtime, that is a fact of
 * daprd 1.18.2 or of the component.
 */
export const daprdRun: DaprApiRun = {
  components: {
    state: "store",
    redisState: "redis-store",
    pubsub: "events",
    orderedPubsub: "ordered-events",
    configuration: "settings",
    binding: "files",
    httpBinding: "web",
    secrets: "vault",
    lock: "locks",
    crypto: "keys",
    conversation: "talk",
    modelConversation: "model",
  },
  services: ["actors", "jobs", "workflow", "shutdown"],
  supports: {
    // state.sqlite applies nothing of such a transaction, but daprd answers every failed one with INTERNAL.
    transactions: { conflictStatus: 13 },
    ttl: true,
    // By the Resiliency policy alone: pubsub.redis acknowledges what the handler asked to have again.
    redelivery: true,
  },
};
