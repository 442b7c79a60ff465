import type { metadata } from "@mecha/sdk-core/protocol";
import type { AppEndpoint } from "../app-channel/app-endpoint.js";

/** What GetMetadata says of how the runtime reaches an app that is a process of its own. */
export function toAppConnection({
  port,
  protocol,
  host = "127.0.0.1",
  maxConcurrency = 0,
  healthCheck,
  healthPath = "/healthz",
}: AppEndpoint): metadata.AppConnectionProperties {
  const connection = { port, protocol, channelAddress: host, maxConcurrency };
  if (healthCheck === undefined) return { ...connection, health: undefined };
  const { intervalMs, timeoutMs, threshold } = healthCheck;
  return {
    ...connection,
    health: {
      // A gRPC app is asked by a method, which has no path.
      healthCheckPath: protocol === "http" ? healthPath : "",
      healthProbeInterval: durationText(intervalMs),
      healthProbeTimeout: durationText(timeoutMs),
      healthThreshold: threshold,
    },
  };
}

/** As Go writes durations of less than a minute. */
function durationText(ms: number): string {
  return ms % 1_000 === 0 ? `${String(ms / 1_000)}s` : `${String(ms)}ms`;
}
