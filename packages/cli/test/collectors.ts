import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { createGrpcServer, methodHandlers } from "@mecha/sdk-core/grpc";
import type { MessageType, UnaryMethod } from "@mecha/sdk-core/protocol";
import { onTestFinished } from "vitest";

/** A collector of spans on loopback. */
export interface Collector {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Bodies that came, in OTLP's protobuf or Zipkin's JSON, with their headers. */
  readonly received: {
    readonly path: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: Buffer;
  }[];
}

/** Collects what comes over HTTP; ends with the test. */
export async function httpCollector(): Promise<Collector> {
  const received: { path: string; headers: Record<string, unknown>; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      received.push({ path: request.url ?? "", headers: request.headers, body });
      response.writeHead(200).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, received };
}

const bytes: MessageType<Buffer> = {
  encode: (message) => ({ finish: () => message }),
  decode: (message) => Buffer.from(message),
  fromPartial: (message) => message,
};

const exportSpans: UnaryMethod<Buffer, Buffer> = {
  kind: "unary",
  path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  request: bytes,
  response: bytes,
};

/** Collects what comes over OTLP/gRPC; ends with the test. */
export async function grpcCollector(): Promise<Collector> {
  const received: { path: string; headers: Record<string, unknown>; body: Buffer }[] = [];
  const handlers = methodHandlers(
    { exportSpans },
    {
      exportSpans: (body, { metadata }) => {
        received.push({ path: exportSpans.path, headers: metadata, body });
        return Promise.resolve(Buffer.alloc(0));
      },
    },
  );
  const server = createGrpcServer(handlers, { maximumMessageBytes: 4 * 1024 ** 2 });
  onTestFinished(() => server.close());
  const listening = await server.listen({ port: 0 });
  return { address: `127.0.0.1:${String("port" in listening ? listening.port : 0)}`, received };
}
