import {
  makeGenericClientConstructor,
  Metadata,
  Server,
  ServerCredentials,
  status,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import { onTestFinished } from "vitest";
import type { GrpcClientClass } from "../src/invocation/grpc-client.js";

const text = {
  requestSerialize: (value: string) => Buffer.from(value),
  requestDeserialize: (bytes: Buffer) => bytes.toString(),
  responseSerialize: (value: string) => Buffer.from(value),
  responseDeserialize: (bytes: Buffer) => bytes.toString(),
};

const definition = {
  say: { path: "/test.Echo/Say", requestStream: false, responseStream: false, ...text },
  count: { path: "/test.Echo/Count", requestStream: false, responseStream: true, ...text },
  talk: { path: "/test.Echo/Talk", requestStream: true, responseStream: true, ...text },
} satisfies ServiceDefinition;

/** The client of the service, as a generator types it. */
export interface EchoClient extends Client {
  say(
    request: string,
    metadata: Metadata,
    callback: (error: ServiceError | null, reply?: string) => void,
  ): ClientUnaryCall;
  say(
    request: string,
    metadata: Metadata,
    options: { readonly deadline: number },
    callback: (error: ServiceError | null, reply?: string) => void,
  ): ClientUnaryCall;
  count(request: string): ClientReadableStream<string>;
  talk(): ClientDuplexStream<string, string>;
}

/** The class of the client. */
export const EchoClient = makeGenericClientConstructor(definition, "Echo") as unknown as GrpcClientClass<EchoClient>;

/** An app's own grpc-js server. */
export interface EchoServer {
  readonly port: number;
  /** Resolves when a call was ended by its caller. */
  readonly cancelled: Promise<void>;
}

/** Starts an app that has a gRPC server of its own; it ends after the test. */
export async function serveEcho(): Promise<EchoServer> {
  let markCancelled: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => {
    markCancelled = resolve;
  });
  const server = new Server();
  server.addService(definition, {
    say(
      call: ServerUnaryCall<string, string>,
      callback: (error: object | null, reply?: string, trailer?: Metadata) => void,
    ) {
      call.on("cancelled", markCancelled);
      const header = new Metadata();
      header.set("x-header", String(call.metadata.get("x-sent")[0] ?? ""));
      call.sendMetadata(header);
      const trailer = new Metadata();
      trailer.set("x-trailer", "late");
      if (call.request === "fail")
        callback({ code: status.FAILED_PRECONDITION, details: "out of stock", metadata: trailer });
      else if (call.request !== "hang") callback(null, `you said ${call.request}`, trailer);
    },
    count(call: ServerWritableStream<string, string>) {
      for (let number = 1; number <= Number(call.request); number++) call.write(String(number));
      call.end();
    },
    talk(call: ServerDuplexStream<string, string>) {
      call.on("data", (said: string) => call.write(said.toUpperCase()));
      call.on("end", () => {
        call.end();
      });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  onTestFinished(() => {
    server.forceShutdown();
  });
  return { port, cancelled };
}
