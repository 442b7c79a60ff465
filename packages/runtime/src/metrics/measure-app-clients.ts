import type { Transport, UnaryMethod } from "@mecha/sdk-core/protocol";
import type { AppClientObserver } from "../app-channel/app-endpoint.js";
import type { DaprMetrics } from "./dapr-metrics.js";
import { statusOf } from "./measure-grpc.js";
import { createPathLabel } from "./path-label.js";

/** Counts what the runtime asks of an app that is a process of its own. */
export function measureAppClients(metrics: DaprMetrics): AppClientObserver {
  const labelOf = createPathLabel(metrics.settings);
  return {
    http: (client) => ({
      ...client,
      async send(request) {
        const { verb, path, body } = request;
        const [pathOnly = "/"] = path.split("?", 1);
        const asked = { method: metrics.settings.hidesVerbs === true ? "" : verb, path: labelOf(pathOnly) };
        const started = performance.now();
        metrics.observe("http_client_sent_bytes", asked, body instanceof Uint8Array ? body.length : 0);
        const record = (status: number, received: number): void => {
          const labels = { ...asked, status: String(status) };
          metrics.count("http_client_completed_count", labels);
          metrics.observe("http_client_roundtrip_latency", labels, performance.now() - started);
          metrics.observe("http_client_received_bytes", {}, received);
        };
        try {
          const response = await client.send(request);
          record(response.status, Number(response.headers["content-length"] ?? 0));
          return response;
        } catch (error) {
          record(500, 0);
          throw error;
        }
      },
    }),
    grpc: (transport) => measuredTransport(transport, metrics),
  };
}

function measuredTransport(transport: Transport, metrics: DaprMetrics): Transport {
  return {
    ...transport,
    async unary<I, O>(method: UnaryMethod<I, O>, request: I, options?: Parameters<Transport["unary"]>[2]): Promise<O> {
      const ofMethod = { grpc_client_method: method.path };
      const started = performance.now();
      const record = (status: string, received: number): void => {
        const labels = { ...ofMethod, grpc_client_status: status };
        metrics.count("grpc_io_client_completed_rpcs", labels);
        metrics.observe("grpc_io_client_roundtrip_latency", labels, performance.now() - started);
        metrics.observe("grpc_io_client_received_bytes_per_rpc", ofMethod, received);
      };
      metrics.observe("grpc_io_client_sent_bytes_per_rpc", ofMethod, method.request.encode(request).finish().length);
      try {
        const response = await transport.unary(method, request, options);
        record("OK", method.response.encode(response).finish().length);
        return response;
      } catch (error) {
        record(statusOf(error), 0);
        throw error;
      }
    },
  };
}
