import { onTestFinished } from "vitest";
import { stateMethods } from "../src/generated/methods/state.js";
import { createGrpcTransport } from "../src/grpc/grpc-transport.js";
import { methodHandlers } from "../src/grpc/method-handler.js";
import { createGrpcServer } from "../src/grpc/server.js";
import { createMecha, type Mecha } from "../src/mecha.js";
import type { HandlersOf } from "../src/transport/handler.js";

/** The facades over a gRPC server whose state RPCs answer as the test says. Closed after the test. */
export async function mechaAnswering(handlers: HandlersOf<typeof stateMethods>): Promise<Mecha> {
  const server = createGrpcServer(methodHandlers(stateMethods, handlers));
  const address = await server.listen({ port: 0 });
  onTestFinished(() => server.close({ graceMs: 100 }));
  if (!("port" in address)) throw new Error("a TCP server has a port");
  const transport = createGrpcTransport({ address: `127.0.0.1:${String(address.port)}` });
  onTestFinished(() => transport.close());
  return createMecha({ mode: "sidecar", transport, close: () => Promise.resolve() }, "under-test");
}
