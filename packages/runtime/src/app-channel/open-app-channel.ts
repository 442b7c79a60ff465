import type { AppChannelOptions, AppConnection } from "./app-endpoint.js";
import { limitConcurrency } from "./limit-concurrency.js";
import { waitForPort } from "./wait-for-port.js";

/**
 * Waits until the app listens, asks it what it takes (topics, input bindings, actors), and makes the channel to it. Attach the
 * channel to a runtime to let that call the app.
 *
 * @throws MechaError if the app answers something that cannot be read; the signal's reason if it aborts before the app listens,
 * `CANCELLED` if it aborts before the app has answered.
 */
export async function openAppChannel(endpoint: AppChannelOptions, signal: AbortSignal): Promise<AppConnection> {
  const { host = "127.0.0.1", port, protocol, maxConcurrency = 0 } = endpoint;
  await waitForPort(host, port, signal);
  const connection = await open(protocol, endpoint, signal);
  if (maxConcurrency <= 0) return connection;
  return { ...connection, channel: limitConcurrency(connection.channel, maxConcurrency) };
}

/** Only the protocol that is spoken is loaded. */
async function open(
  protocol: AppChannelOptions["protocol"],
  endpoint: AppChannelOptions,
  signal: AbortSignal,
): Promise<AppConnection> {
  if (protocol === "grpc") return (await import("./grpc-app-channel.js")).openGrpcAppChannel(endpoint, signal);
  return (await import("./http-app-channel.js")).openHttpAppChannel(endpoint, signal);
}
