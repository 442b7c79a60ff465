import { onTestFinished } from "vitest";
import type { CallSettings } from "../src/call/call-settings.js";
import { daprMethods, type DaprHandlers } from "../src/dapr-methods.js";
import { createGrpcTransport, type SidecarConnectionOptions } from "../src/grpc/grpc-transport.js";
import { methodHandlers } from "../src/grpc/method-handler.js";
import { createGrpcServer, type GrpcServer, type GrpcServerOptions } from "../src/grpc/server.js";
import { createMecha, type Mecha } from "../src/mecha.js";

/** A gRPC server that answers as a sidecar does, by the handlers of a test. */
export interface TestSidecar {
  readonly server: GrpcServer;
  readonly port: number;
  /** Address of the server. */
  readonly endpoint: string;
  /** Facades over a connection of their own, closed after the test. */
  connect(options?: CallSettings & SidecarConnectionOptions): Mecha;
}

/** Starts a sidecar; it is stopped after the test. */
export async function testSidecar(
  handlers: DaprHandlers,
  { port = 0, ...options }: GrpcServerOptions & { readonly port?: number } = {},
): Promise<TestSidecar> {
  const server = createGrpcServer(methodHandlers(daprMethods, handlers), options);
  const address = await server.listen({ port });
  if (!("port" in address)) throw new Error("a TCP server has a port");
  const endpoint = `127.0.0.1:${String(address.port)}`;
  onTestFinished(() => server.close({ graceMs: 50 }));
  return { server, port: address.port, endpoint, connect: (settings) => mechaTo(endpoint, settings) };
}

/** Facades over a connection of their own to an endpoint, closed after the test. */
export function mechaTo(endpoint: string, options: CallSettings & SidecarConnectionOptions = {}): Mecha {
  const transport = createGrpcTransport({ ...options, address: endpoint });
  const connection = { mode: "sidecar" as const, address: endpoint, transport, close: () => transport.close() };
  const mecha = createMecha(connection, "under-test", options);
  onTestFinished(() => mecha.close());
  return mecha;
}

/** An endpoint on which nobody listens. */
export async function deadEndpoint(): Promise<string> {
  const server = createGrpcServer(new Map());
  const address = await server.listen({ port: 0 });
  await server.close();
  return `127.0.0.1:${"port" in address ? String(address.port) : ""}`;
}

/** What GetState answers for a value. */
export function stored(value: unknown): { data: Buffer; etag: string; metadata: Record<string, string> } {
  return { data: Buffer.from(JSON.stringify(value)), etag: "1", metadata: {} };
}
