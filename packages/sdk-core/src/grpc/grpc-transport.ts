import {
  Client,
  credentials,
  Metadata as GrpcMetadata,
  type CallOptions as GrpcCallOptions,
  type ClientDuplexStream,
  type ServiceError,
} from "@grpc/grpc-js";
import { MechaError } from "@mecha/spec";
import type { MessageType } from "../transport/method.js";
import type { CallOptions, Metadata, Transport } from "../transport/transport.js";
import { startDeadline } from "./deadline-timer.js";
import { fromGrpcStatus } from "./status.js";
import { defaultMaximumMessageBytes } from "./server.js";

/** How to reach a runtime over gRPC. */
export interface GrpcTransportOptions {
  /** `host:port`, `unix:/path`, or a URL `http://…`, `https://…` (TLS). */
  readonly address: string;
  /** Sent as `dapr-api-token` with every call. @defaultValue `DAPR_API_TOKEN` */
  readonly apiToken?: string;
  /** Largest message that is accepted, in bytes. @defaultValue 4 MiB */
  readonly maximumMessageBytes?: number;
}

/** Makes a transport that speaks gRPC (grpc-js). It connects with the first call and reconnects by itself. */
export function createGrpcTransport(options: GrpcTransportOptions): Transport {
  const { target, secure } = parseAddress(options.address);
  const limit = options.maximumMessageBytes ?? defaultMaximumMessageBytes;
  const client = new Client(target, secure ? credentials.createSsl() : credentials.createInsecure(), {
    "grpc.max_receive_message_length": limit,
    "grpc.max_send_message_length": limit,
    // Several transports of one process must not share a connection that one of them closes.
    "grpc.use_local_subchannel_pool": 1,
  });
  const apiToken = options.apiToken ?? process.env["DAPR_API_TOKEN"] ?? "";

  return {
    unary(method, request, call = {}) {
      return new Promise((resolve, reject) => {
        const { path, request: requestType, response: responseType } = method;
        const ending = endingOf(call, () => {
          grpcCall.cancel();
        });
        const grpcCall = client.makeUnaryRequest(
          path,
          serializer(requestType),
          deserializer(responseType),
          request,
          toGrpcMetadata(call.metadata, apiToken),
          callOptions,
          (error, response) => {
            ending.clear();
            if (error !== null) reject(ending.reason ?? toError(error));
            else resolve(response as Awaited<ReturnType<typeof responseType.decode>>);
          },
        );
        observe(grpcCall, call);
        ending.start();
      });
    },
    stream(method, requests, call = {}) {
      return streamCall(
        () =>
          client.makeBidiStreamRequest(
            method.path,
            serializer(method.request),
            deserializer(method.response),
            toGrpcMetadata(call.metadata, apiToken),
            callOptions,
          ),
        requests,
        call,
      );
    },
    openRaw(path) {
      return Promise.reject(
        new MechaError(
          "UNIMPLEMENTED",
          `The raw channel ${path} exists only in the embedded runtime; over gRPC use a component's own operations`,
          { operation: "transport.openRaw" },
        ),
      );
    },
    close() {
      client.close();
      return Promise.resolve();
    },
  };
}

/** grpc-js makes a costly deadline of an absent one unless told that there is none. */
const callOptions: GrpcCallOptions = {};

async function* streamCall<I, O>(
  open: () => ClientDuplexStream<I, O>,
  requests: AsyncIterable<I>,
  call: CallOptions,
): AsyncGenerator<O, void, undefined> {
  const stream = open();
  const ending = endingOf(call, () => {
    stream.cancel();
  });
  observe(stream, call);
  ending.start();
  const sending = send(stream, requests);
  try {
    for await (const response of stream) yield response as O;
  } catch (error) {
    throw ending.reason ?? toError(error);
  } finally {
    ending.clear();
    stream.cancel();
    await sending.stop();
  }
}

/** Writes requests as fast as the other side takes them. A source that throws cancels the call. */
function send<I, O>(stream: ClientDuplexStream<I, O>, requests: AsyncIterable<I>): { stop(): Promise<void> } {
  const iterator = requests[Symbol.asyncIterator]();
  const run = async (): Promise<void> => {
    try {
      for (let next = await iterator.next(); next.done !== true && !stream.destroyed; next = await iterator.next()) {
        if (!stream.write(next.value))
          await new Promise<void>((resolve) => stream.once("drain", resolve).once("close", resolve));
      }
      stream.end();
    } catch {
      stream.cancel();
    }
  };
  void run();
  return {
    async stop() {
      // A source that waits for its next item cannot end by `return()` before that; nobody waits for it.
      void iterator.return?.().catch(() => undefined);
      await Promise.resolve();
    },
  };
}

/** Ends a call by signal or deadline, with the error that says so. */
function endingOf(
  { signal, deadline }: CallOptions,
  cancel: () => void,
): { readonly reason: MechaError | undefined; start(): void; clear(): void } {
  let reason: MechaError | undefined;
  let stopTimer: (() => void) | undefined;
  const end = (error: MechaError): void => {
    reason ??= error;
    cancel();
  };
  const onAbort = (): void => {
    end(new MechaError("CANCELLED", "The call was cancelled", { cause: signal?.reason }));
  };
  return {
    get reason() {
      return reason;
    },
    start() {
      signal?.addEventListener("abort", onAbort, { once: true });
      if (signal?.aborted === true) onAbort();
      if (deadline !== undefined) {
        stopTimer = startDeadline(deadline - Date.now(), () => {
          end(new MechaError("DEADLINE_EXCEEDED", "The call's deadline passed"));
        });
      }
    },
    clear() {
      signal?.removeEventListener("abort", onAbort);
      stopTimer?.();
    },
  };
}

interface ObservableCall {
  on(event: "metadata", listener: (metadata: GrpcMetadata) => void): unknown;
  on(event: "status", listener: (status: { readonly metadata: GrpcMetadata }) => void): unknown;
}

function observe(call: ObservableCall, { onHeader, onTrailer }: CallOptions): void {
  if (onHeader !== undefined)
    call.on("metadata", (metadata) => {
      onHeader(fromGrpcMetadata(metadata));
    });
  if (onTrailer !== undefined)
    call.on("status", ({ metadata }) => {
      onTrailer(fromGrpcMetadata(metadata));
    });
}

function serializer<T>(type: MessageType<T>): (message: T) => Buffer {
  return (message) => {
    const bytes = type.encode(message).finish();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

function deserializer<T>(type: MessageType<T>): (bytes: Buffer) => T {
  return (bytes) => type.decode(bytes);
}

function toGrpcMetadata(metadata: Metadata = {}, apiToken: string): GrpcMetadata {
  const result = new GrpcMetadata();
  for (const [name, value] of Object.entries(metadata)) setMetadata(result, name, value);
  if (apiToken !== "") setMetadata(result, "dapr-api-token", apiToken);
  return result;
}

/** grpc-js's own error quotes the value, which may be a token: neither it nor its message goes on. */
function setMetadata(result: GrpcMetadata, name: string, value: string): void {
  try {
    result.set(name, name.toLowerCase().endsWith("-bin") ? Buffer.from(value, "base64") : value);
  } catch {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `The metadata "${name}" cannot be sent: names have letters, digits and - _ . only, values printable ASCII. Encode other text, or put it into the message.`,
      { operation: "transport.metadata" },
    );
  }
}

function fromGrpcMetadata(metadata: GrpcMetadata): Metadata {
  return Object.fromEntries(
    Object.entries(metadata.getMap()).map(([name, value]) => [
      name,
      typeof value === "string" ? value : value.toString("base64"),
    ]),
  );
}

function toError(thrown: unknown): MechaError {
  const { code, details, message, metadata } = thrown as Partial<ServiceError>;
  if (typeof code !== "number") return MechaError.from(thrown, "The gRPC call failed");
  const binary = metadata?.get("grpc-status-details-bin")[0];
  return fromGrpcStatus(
    { code, message: details ?? message ?? "", ...(Buffer.isBuffer(binary) && { details: binary }) },
    thrown,
  );
}

function parseAddress(address: string): { readonly target: string; readonly secure: boolean } {
  const match = /^(https?|grpcs?):\/\/([^/?]+)/.exec(address);
  if (match === null) return { target: address, secure: false };
  return { target: match[2] ?? "", secure: match[1] === "https" || match[1] === "grpcs" };
}
