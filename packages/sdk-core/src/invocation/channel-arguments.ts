import { ChannelCredentials, type ClientOptions } from "@grpc/grpc-js";
import { streamWindowBytes } from "../http2/http2-connection.js";
import { parseGrpcEndpoint } from "../grpc/endpoint.js";
import type { GrpcTransportOptions } from "../grpc/grpc-transport.js";
import { tlsSettings, type TlsSettings } from "../grpc/tls-settings.js";

/** What a client of grpc-js is made with. */
export interface ChannelArguments {
  readonly target: string;
  readonly credentials: ChannelCredentials;
  readonly options: ClientOptions;
}

/** How long a ping may stay without an answer, in milliseconds. */
const keepAliveTimeoutMs = 10_000;

/**
 * How a client of grpc-js reaches a sidecar.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for an endpoint or certificates that cannot be used.
 */
export function channelArguments({
  address,
  tls,
  maximumMessageBytes = -1,
  keepAliveMs = 30_000,
}: GrpcTransportOptions): ChannelArguments {
  const { target, secure } = parseGrpcEndpoint(address);
  return {
    target,
    credentials: credentialsOf(tlsSettings(secure, tls)),
    options: {
      "grpc.max_receive_message_length": maximumMessageBytes,
      "grpc.max_send_message_length": maximumMessageBytes,
      "grpc-node.flow_control_window": streamWindowBytes,
      // Several clients of one process must not share a connection that one of them closes.
      "grpc.use_local_subchannel_pool": 1,
      // The sidecar is near and comes back in seconds; grpc-js would look for it after up to two minutes.
      "grpc.initial_reconnect_backoff_ms": 200,
      "grpc.max_reconnect_backoff_ms": 3_000,
      ...(keepAliveMs > 0 && {
        "grpc.keepalive_time_ms": keepAliveMs,
        "grpc.keepalive_timeout_ms": keepAliveTimeoutMs,
      }),
      ...(tls?.serverName !== undefined && { "grpc.ssl_target_name_override": tls.serverName }),
    },
  };
}

function credentialsOf(tls: TlsSettings | undefined): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  return ChannelCredentials.createSsl(tls.ca, tls.key, tls.certificate, { rejectUnauthorized: !tls.insecure });
}
