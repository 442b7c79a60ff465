import type { AppChannel } from "@mecha/sdk-core/protocol";
import { MechaError, type ComponentDefinition, type MessageHandler, type PubSub, type StateStore } from "@mecha/spec";
import type { Catalogue } from "../src/components/load-definition.js";

/** A file with a Resiliency resource. */
export function resiliencyYaml(spec: object, name = "r"): string {
  return JSON.stringify({ apiVersion: "dapr.io/v1alpha1", kind: "Resiliency", metadata: { name }, spec });
}

/** Policies that are over in no time. */
export const policies = {
  timeouts: { short: "30ms" },
  retries: {
    twice: { duration: "1ms", maxRetries: 2 },
    servers: { duration: "1ms", maxRetries: 2, matching: { httpStatusCodes: "500-599" } },
    codes: { duration: "1ms", maxRetries: 2, matching: { gRPCStatusCodes: "13,14" } },
  },
  circuitBreakers: { second: { timeout: "60s", trip: "consecutiveFailures >= 2" } },
};

/** A call that fails so many times, and counts how often it was made. */
export class Failures {
  made = 0;
  readonly #times: number;
  readonly #error: MechaError;

  constructor(times: number, error = new MechaError("UNAVAILABLE", "down")) {
    this.#times = times;
    this.#error = error;
  }

  /** @throws the error, so many times */
  count(): void {
    this.made++;
    if (this.made <= this.#times) throw this.#error;
  }
}

/** What {@link flakyComponents} makes. */
export interface FlakyComponents {
  readonly catalogue: Catalogue;
  /** Those of subscriptions, to which a test gives messages. */
  readonly handlers: readonly MessageHandler[];
}

/** Types of components whose calls a test has fail: `state.flaky`, `pubsub.flaky` and `pubsub.counting`, whose broker counts deliveries. */
export function flakyComponents(failures: Failures): FlakyComponents {
  const handlers: MessageHandler[] = [];
  const state: ComponentDefinition<"state", StateStore> = {
    type: "state.flaky",
    create: async () => ({
      backend: "test",
      features: ["ETAG"],
      async get(keys) {
        failures.count();
        return keys.map(() => ({ value: Buffer.from('"v"'), etag: "1" }));
      },
      // Of several keys, only those that begin with "bad" fail, and "stale" has another ETag.
      async write(operations) {
        failures.made++;
        return operations.map(({ key }) => {
          if (key.includes("stale")) return new MechaError("ETAG_MISMATCH", "changed");
          return key.includes("bad") && failures.made < 3 ? new MechaError("UNAVAILABLE", key) : undefined;
        });
      },
    }),
  };
  const pubsub = (type: `pubsub.${string}`, countsDeliveries: boolean): ComponentDefinition<"pubsub", PubSub> => ({
    type,
    create: async () => ({
      backend: "test",
      features: [],
      countsDeliveries,
      async publish(_, messages) {
        failures.count();
        return messages.map(() => undefined);
      },
      async subscribe(_, handler) {
        handlers.push(handler);
        return { close: () => Promise.resolve() };
      },
    }),
  });
  return {
    handlers,
    catalogue: {
      "state.flaky": () => Promise.resolve({ component: state }),
      "pubsub.flaky": () => Promise.resolve({ component: pubsub("pubsub.flaky", false) }),
      "pubsub.counting": () => Promise.resolve({ component: pubsub("pubsub.counting", true) }),
    },
  };
}

/** An app whose method fails so many times. */
export function flakyApp(failures: Failures): AppChannel {
  return {
    async invoke(_, context) {
      context.setHeader("attempt", String(failures.made + 1));
      failures.count();
      return { data: { typeUrl: "", value: Buffer.from("done") }, contentType: "text/plain" };
    },
  };
}
