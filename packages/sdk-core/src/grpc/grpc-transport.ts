import { MechaError } from "@mecha/spec";
import type { Transport } from "../transport/transport.js";
import { CallEnding } from "./call-ending.js";
import { Channel } from "./channel.js";
import { StreamedReplies } from "./stream-call.js";
import type { TlsOptions } from "./tls-settings.js";
import { UnaryCall } from "./unary-call.js";

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
  /** Says what the options do not (`DAPR_API_TOKEN`, `DAPR_GRPC_TLS_*`): `{}` for who is no sidecar. @defaultValue `process.env` */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Makes a transport that speaks gRPC on HTTP/2 of our own. It connects with the first call and reconnects by itself.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for an endpoint or certificates that cannot be used.
 */
export function createGrpcTransport(options: GrpcTransportOptions): Transport {
  const channel = new Channel(options);
  const maximumBytes = options.maximumMessageBytes ?? Number.POSITIVE_INFINITY;
  const active = new Set<CallEnding>();

  return {
    unary(method, request, call = {}) {
      return new Promise((resolve, reject) => {
        new UnaryCall({ channel, method, ending: new CallEnding(call, active), maximumBytes }, resolve, reject).send(
          request,
        );
      });
    },
    stream(method, requests, call = {}) {
      const ending = new CallEnding(call, active);
      return new StreamedReplies({ channel, method, requests, ending, maximumBytes });
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
      for (const ending of active) ending.end(new MechaError("CANCELLED", "The connection was closed during the call"));
      channel.close();
      return Promise.resolve();
    },
  };
}
