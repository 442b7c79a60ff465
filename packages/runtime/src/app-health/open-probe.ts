import { appCallbackMethods } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { AppEndpoint } from "../app-channel/app-endpoint.js";
import type { DaprMetrics } from "../metrics/dapr-metrics.js";
import type { Probe } from "./app-health.js";

/** A way to ask an app how it is. */
export interface OpenProbe {
  readonly probe: Probe;
  readonly close: () => void;
}

/** Opens the way for probes of an app's health; each is counted, where metrics are kept. */
export async function openProbe(endpoint: AppEndpoint, metrics: DaprMetrics | undefined): Promise<OpenProbe> {
  return endpoint.protocol === "grpc" ? openGrpcProbe(endpoint, metrics) : openHttpProbe(endpoint, metrics);
}

async function openHttpProbe(
  { host = "127.0.0.1", port, apiToken, healthPath = "/healthz" }: AppEndpoint,
  metrics: DaprMetrics | undefined,
): Promise<OpenProbe> {
  const { createAppHttpClient } = await import("../app-channel/http-exchange.js");
  const client = createAppHttpClient({ host, port, apiToken });
  const path = healthPath.startsWith("/") ? healthPath : `/${healthPath}`;
  return {
    probe: async (signal) => {
      const started = performance.now();
      const count = (status: number): void => {
        const labels = { status: String(status) };
        metrics?.count("http_healthprobes_completed_count", labels);
        metrics?.observe("http_healthprobes_roundtrip_latency", labels, performance.now() - started);
      };
      const { status, body } = await client.send({ verb: "GET", path, headers: {}, signal }).catch((error: unknown) => {
        count(500);
        throw error;
      });
      body.resume();
      count(status);
      if (status < 200 || status > 299) {
        throw new MechaError("UNAVAILABLE", `The app answered ${path} with status ${String(status)}`, {
          operation: "app.health",
          httpStatus: status,
        });
      }
    },
    close: client.close,
  };
}

async function openGrpcProbe(
  { host = "127.0.0.1", port, apiToken = "" }: AppEndpoint,
  metrics: DaprMetrics | undefined,
): Promise<OpenProbe> {
  const [{ createGrpcTransport }, { statusOf }] = await Promise.all([
    import("@mecha/sdk-core/grpc"),
    import("../metrics/measure-grpc.js"),
  ]);
  const transport = createGrpcTransport({ address: `${host}:${String(port)}`, apiToken, environment: {} });
  return {
    probe: async (signal) => {
      const started = performance.now();
      const count = (status: string): void => {
        const labels = { grpc_client_status: status };
        metrics?.count("grpc_io_healthprobes_completed_count", labels);
        metrics?.observe("grpc_io_healthprobes_roundtrip_latency", labels, performance.now() - started);
      };
      try {
        await transport.unary(appCallbackMethods.healthCheck, {}, { signal });
        count("OK");
      } catch (error) {
        count(statusOf(error));
        throw error;
      }
    },
    close: () => void transport.close(),
  };
}
