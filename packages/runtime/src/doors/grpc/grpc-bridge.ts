import { performServerHandshake } from "node:http2";
import { duplexPair, type Duplex } from "node:stream";
import type { GrpcProxy } from "./grpc-proxy.js";

/** As the gRPC door. */
const settings = { initialWindowSize: 1024 * 1024, maxConcurrentStreams: 4096 };

/** Makes a connection for a client in this process on which its calls come to the proxy, all for one app. */
export function bridgeTo(proxy: GrpcProxy, appId: string): Duplex {
  const [client, server] = duplexPair();
  const session = performServerHandshake(server, { settings });
  // A connection that breaks ends its streams, which end their calls; there is nobody else to tell.
  session.on("error", () => undefined);
  session.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    void proxy.pass(stream, headers, appId);
  });
  return client;
}
