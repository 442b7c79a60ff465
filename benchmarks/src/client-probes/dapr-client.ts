import { CommunicationProtocolEnum, DaprClient, HttpMethod } from "@dapr/dapr";
import type { CallClient, CallTarget } from "./call-client.js";

/** The peer with its shipped defaults. */
export function openDapr(
  { httpPort, grpcPort, store, pubsub, topic, appId, method }: CallTarget,
  protocol: "grpc" | "http",
): CallClient {
  const overGrpc = protocol === "grpc";
  const client = new DaprClient({
    daprHost: "127.0.0.1",
    daprPort: String(overGrpc ? grpcPort : httpPort),
    communicationProtocol: overGrpc ? CommunicationProtocolEnum.GRPC : CommunicationProtocolEnum.HTTP,
  });
  return {
    get: (key) => client.state.get(store, key),
    save: (key, value) => client.state.save(store, [{ key, value }]),
    publish: (data) => client.pubsub.publish(pubsub, topic, data),
    invoke: (data) => client.invoker.invoke(appId, method, HttpMethod.POST, data),
  };
}
