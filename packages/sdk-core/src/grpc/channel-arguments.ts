import type { ChannelCredentials, ClientOptions } from "@grpc/grpc-js";
import { channelCredentials } from "./channel-credentials.js";
import { parseGrpcEndpoint } from "./endpoint.js";
import type { GrpcTransportOptions } from "./grpc-transport.js";

/** What a client of grpc-js is made with. */
export interface ChannelArguments {
  readonly target: string;
  readonly credentials: ChannelCredentials;
  readonly options: ClientOptions;
}

/**
 * How much one stream may send before it is read, in bytes. With HTTP/2's 64 KiB, a reply of many values, or a stream of events, waits
 * for this side again and again.
 */
const streamWindowBytes = 1024 * 1024;

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
    credentials: channelCredentials(secure, tls),
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
