import { common, daprMethods } from "@mecha/sdk-core/protocol";
import type { RawCall } from "../raw-stub.js";
import type { CallClient, CallTarget } from "./call-client.js";

/** What an app does that calls by messages: the same messages and JSON, no facade. */
export function openRawClient({ store, pubsub, topic, appId, method }: CallTarget, call: RawCall): CallClient {
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const parse = (bytes: Uint8Array = new Uint8Array()): unknown => JSON.parse(Buffer.from(bytes).toString());
  return {
    async get(key) {
      const consistency = common.StateOptions_StateConsistency.CONSISTENCY_UNSPECIFIED;
      const reply = await call(daprMethods.getState, { storeName: store, key, consistency, metadata: {} });
      // The key that the start is measured with may be absent.
      return reply.data.length === 0 ? undefined : parse(reply.data);
    },
    save: (key, value) =>
      call(daprMethods.saveState, { storeName: store, states: [{ key, value: json(value), metadata: {} }] }),
    publish: (data) =>
      call(daprMethods.publishEvent, {
        pubsubName: pubsub,
        topic,
        data: json(data),
        dataContentType: "application/json",
        metadata: {},
      }),
    async invoke(data) {
      const reply = await call(daprMethods.invokeService, {
        id: appId,
        message: {
          method,
          data: { typeUrl: "", value: json(data) },
          contentType: "application/json",
          httpExtension: { verb: common.HTTPExtension_Verb.POST, querystring: "" },
        },
      });
      return parse(reply.data?.value);
    },
  };
}
