import { appIdHeader } from "../doors/grpc/app-id-header.js";
import { failureOf } from "../doors/grpc/passed-ending.js";
import type { PassCall } from "../observers/observers.js";
import type { DaprMetrics } from "./dapr-metrics.js";
import { statusOf } from "./measure-grpc.js";

/**
 * Counts the calls of the services of apps that come to the gRPC door. As in daprd, not how large they are, and not where they come in
 * at the app's side.
 */
export function measureProxiedCalls(pass: PassCall, metrics: DaprMetrics): PassCall {
  return (stream, headers) => {
    const started = performance.now();
    if (headers[appIdHeader] !== undefined)
      stream.once("close", () => {
        const failure = failureOf(stream);
        const status = failure === undefined ? "OK" : statusOf(failure);
        const labels = { grpc_server_method: headers[":path"] ?? "", grpc_server_status: status };
        metrics.count("grpc_io_server_completed_rpcs", labels);
        metrics.observe("grpc_io_server_server_latency", labels, performance.now() - started);
      });
    pass(stream, headers);
  };
}
