import {
  Client,
  Metadata as GrpcMetadata,
  type CallOptions as GrpcCallOptions,
  type ClientUnaryCall,
  type ServiceError,
} from "@grpc/grpc-js";
import { MechaError } from "@mecha/spec";
import type { MessageType } from "../transport/method.js";
import type { CallOptions, Metadata, Transport } from "../transport/transport.js";
import { markUnsent } from "../call/unsent.js";
import { CallEnding } from "./call-ending.js";
import { channelArguments } from "./channel-arguments.js";
import type { TlsOptions } from "./channel-credentials.js";
import { fromGrpcStatus } from "./status.js";
import { StreamedReplies } from "./stream-call.js";

/** What a connection to a sidecar is like; each member overrides an environment variable. */
export interface SidecarConnectionOptions {
  /** Sent as `dapr-api-token` with every call. @defaultValue `DAPR_API_TOKEN` */
  readonly apiToken?: string;
  /** Certificates; giving any makes the connection TLS. @defaultValue TLS if the endpoint or a `DAPR_GRPC_TLS_*` variable asks for it */
  readonly tls?: TlsOptions;
  /** Largest message that is sent or accepted, in bytes. @defaultValue what the sidecar takes (daprd's `--max-body-size`, 4 MiB by default) */
  readonly maximumMessageBytes?: number;
  /**
   * How often a ping asks whether the other side is still there while calls are under way, in milliseconds; `0` never. daprd takes
   * less than 8 seconds for an attack. @defaultValue 30000
   */
  readonly keepAliveMs?: number;
}

/** How to reach a runtime over gRPC. */
export interface GrpcTransportOptions extends SidecarConnectionOptions {
  /** An endpoint in Dapr's syntax: `host:port`, `unix:/path`, `https://…` (TLS), `dns:…?tls=true`. */
  readonly address: string;
}

/**
 * Makes a transport that speaks gRPC (grpc-js). It connects with the first call and reconnects by itself.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for an endpoint or certificates that cannot be used.
 */
export function createGrpcTransport(options: GrpcTransportOptions): Transport {
  const client = createClient(options);
  const apiToken = options.apiToken ?? process.env["DAPR_API_TOKEN"] ?? "";
  const active = new Set<CallEnding>();
  let isClosed = false;

  return {
    unary(method, request, call = {}) {
      return new Promise((resolve, reject) => {
        if (isClosed) throw closed();
        const { path, request: requestType, response: responseType } = method;
        const ending = new CallEnding(call, active);
        let grpcCall: ClientUnaryCall | undefined = undefined;
        ending.start(() => {
          grpcCall?.cancel();
        });
        // Nothing is sent for a caller that has given up already.
        const gaveUp = ending.reason;
        if (gaveUp !== undefined) {
          ending.stop();
          throw gaveUp;
        }
        try {
          grpcCall = client.makeUnaryRequest(
            path,
            serializer(requestType),
            deserializer(responseType),
            request,
            toGrpcMetadata(call.metadata, apiToken),
            callOptions,
            (error, response) => {
              ending.stop();
              if (error !== null) reject(ending.reason ?? toError(error));
              else resolve(response as Awaited<ReturnType<typeof responseType.decode>>);
            },
          );
        } catch (error) {
          ending.stop();
          throw error;
        }
        observe(grpcCall, call);
      });
    },
    stream(method, requests, call = {}) {
      return new StreamedReplies({
        open() {
          if (isClosed) throw closed();
          const stream = client.makeBidiStreamRequest(
            method.path,
            serializer(method.request),
            deserializer(method.response),
            toGrpcMetadata(call.metadata, apiToken),
            callOptions,
          );
          observe(stream, call);
          return stream;
        },
        requests,
        ending: new CallEnding(call, active),
        toError,
      });
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
      isClosed = true;
      for (const ending of active) ending.end(new MechaError("CANCELLED", "The connection was closed during the call"));
      client.close();
      return Promise.resolve();
    },
  };
}

function createClient(target: GrpcTransportOptions): Client {
  const channel = channelArguments(target);
  return new Client(channel.target, channel.credentials, channel.options);
}

function closed(): MechaError {
  return new MechaError("FAILED_PRECONDITION", "The connection to the sidecar is closed; connect() again");
}

/** grpc-js makes a costly deadline of an absent one unless told that there is none. */
const callOptions: GrpcCallOptions = {};

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

/** What grpc-js says of calls that found no connection, or that the other side's HTTP/2 refused before it looked at them. */
const saysUnsent = /^(No connection established|Name resolution failed|Stream refused by server)/;

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
  // An object of its own, so that it can be written into.
  const values: Record<string, string | Buffer> = metadata.getMap();
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "string") values[name] = value.toString("base64");
  }
  return values as Metadata;
}

function toError(thrown: unknown): MechaError {
  const { code, details, message, metadata } = thrown as Partial<ServiceError>;
  if (typeof code !== "number") return MechaError.from(thrown, "The gRPC call failed");
  const binary = metadata?.get("grpc-status-details-bin")[0];
  const text = details ?? message ?? "";
  const error = fromGrpcStatus({ code, message: text, ...(Buffer.isBuffer(binary) && { details: binary }) }, thrown);
  return error.code === "UNAVAILABLE" && saysUnsent.test(text) ? markUnsent(error) : error;
}
