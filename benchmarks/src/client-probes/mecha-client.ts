import { connect } from "@mecha/sdk-core";
import type { CallClient, CallTarget } from "./call-client.js";

/** The facades over gRPC. */
export async function openMecha(
  { grpcPort, store, pubsub, topic, appId, method }: CallTarget,
  options: { readonly coalesce?: true } = {},
): Promise<CallClient> {
  const mecha = await connect({ mode: "sidecar", endpoint: `127.0.0.1:${grpcPort}`, appId: "bench" });
  const [state, events, app] = [mecha.state(store, options), mecha.pubsub(pubsub), mecha.app(appId)];
  return {
    get: (key) => state.get(key),
    save: (key, value) => state.save(key, value),
    publish: (data) => events.publish(topic, data),
    invoke: (data) => app.invoke(method, data),
  };
}
