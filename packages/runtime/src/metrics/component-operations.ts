import { daprMethods, type StreamMethod, type UnaryMethod } from "@mecha/sdk-core/protocol";
import type { ComponentKind } from "@mecha/spec";
import type { Labels } from "./dapr-metrics.js";
import type { MetricName } from "./instruments.js";

/** A call of the API that is an operation on a component. */
export interface ComponentOperation {
  readonly kind: ComponentKind;
  /** Name of the component; calls for one that is not there are not counted. */
  readonly component: string;
  readonly count: MetricName;
  readonly latency: MetricName;
  /** Labels besides component and success. */
  readonly labels: Labels;
  /** Events of a batch, and where they are counted. */
  readonly events?: { readonly metric: MetricName; readonly total: number };
}

type Methods = typeof daprMethods;
type RequestOf<M> =
  M extends UnaryMethod<infer I, infer _O> ? I : M extends StreamMethod<infer I, infer _O> ? I : never;
type Readers = { readonly [K in keyof Methods]?: (request: RequestOf<Methods[K]>) => ComponentOperation };

const ofState =
  (operation: string) =>
  ({ storeName }: { readonly storeName: string }): ComponentOperation => ({
    kind: "state",
    component: storeName,
    count: "component_state_count",
    latency: "component_state_latencies",
    labels: { operation },
  });

const ofConfiguration =
  (operation: string) =>
  ({ storeName }: { readonly storeName: string }): ComponentOperation => ({
    kind: "configuration",
    component: storeName,
    count: "component_configuration_count",
    latency: "component_configuration_latencies",
    labels: { operation },
  });

const ofSecrets =
  (operation: string) =>
  ({ storeName }: { readonly storeName: string }): ComponentOperation => ({
    kind: "secretstores",
    component: storeName,
    count: "component_secret_count",
    latency: "component_secret_latencies",
    labels: { operation },
  });

const ofCrypto = (component: string, operation = "crypto_op"): ComponentOperation => ({
  kind: "crypto",
  component,
  count: "component_crypto_count",
  latency: "component_crypto_latencies",
  labels: { operation },
});

const ofConversation = ({ name }: { readonly name: string }): ComponentOperation => ({
  kind: "conversation",
  component: name,
  count: "component_conversation_count",
  latency: "component_conversation_latencies",
  labels: {},
});

interface Batch {
  readonly pubsubName: string;
  readonly topic: string;
  readonly entries: readonly unknown[];
}

const ofBatch = ({ pubsubName, topic, entries }: Batch): ComponentOperation => ({
  kind: "pubsub",
  component: pubsubName,
  count: "component_pubsub_egress_bulk_count",
  latency: "component_pubsub_egress_bulk_latencies",
  labels: { topic },
  events: { metric: "component_pubsub_egress_bulk_event_count", total: entries.length },
});

const readers: Readers = {
  getState: ofState("get"),
  getBulkState: ofState("bulk_get"),
  saveState: ofState("set"),
  deleteState: ofState("delete"),
  deleteBulkState: ofState("bulk_delete"),
  executeStateTransaction: ofState("transaction"),
  queryStateAlpha1: ofState("query"),
  getConfiguration: ofConfiguration("get"),
  getConfigurationAlpha1: ofConfiguration("get"),
  subscribeConfiguration: ofConfiguration("subscribe"),
  subscribeConfigurationAlpha1: ofConfiguration("subscribe"),
  unsubscribeConfiguration: ofConfiguration("unsubscribe"),
  unsubscribeConfigurationAlpha1: ofConfiguration("unsubscribe"),
  getSecret: ofSecrets("get"),
  getBulkSecret: ofSecrets("bulk_get"),
  encryptAlpha1: ({ options }) => ofCrypto(options?.componentName ?? ""),
  decryptAlpha1: ({ options }) => ofCrypto(options?.componentName ?? ""),
  subtleGetKeyAlpha1: ({ componentName }) => ofCrypto(componentName, "get"),
  subtleEncryptAlpha1: ({ componentName }) => ofCrypto(componentName),
  subtleDecryptAlpha1: ({ componentName }) => ofCrypto(componentName),
  subtleWrapKeyAlpha1: ({ componentName }) => ofCrypto(componentName),
  subtleUnwrapKeyAlpha1: ({ componentName }) => ofCrypto(componentName),
  subtleSignAlpha1: ({ componentName }) => ofCrypto(componentName),
  subtleVerifyAlpha1: ({ componentName }) => ofCrypto(componentName),
  converseAlpha1: ofConversation,
  converseAlpha2: ofConversation,
  invokeBinding: ({ name, operation }) => ({
    kind: "bindings",
    component: name,
    count: "component_output_binding_count",
    latency: "component_output_binding_latencies",
    labels: { operation },
  }),
  publishEvent: ({ pubsubName, topic }) => ({
    kind: "pubsub",
    component: pubsubName,
    count: "component_pubsub_egress_count",
    latency: "component_pubsub_egress_latencies",
    labels: { topic },
  }),
  bulkPublishEvent: ofBatch,
  bulkPublishEventAlpha1: ofBatch,
};

/** Reads the operation out of requests, by the path of their method. */
export const componentOperations: ReadonlyMap<string, (request: unknown) => ComponentOperation> = new Map(
  Object.entries(readers).map(([name, read]) => [
    daprMethods[name as keyof Methods].path,
    // The table pairs each method with what reads its own requests.
    read as (request: unknown) => ComponentOperation,
  ]),
);
