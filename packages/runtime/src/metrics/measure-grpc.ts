import { codeFromGrpcStatus, MechaError } from "@mecha/spec";
import type { WireTable } from "../doors/handler-table.js";
import { aroundHandlers } from "../observers/around-handlers.js";
import type { DaprMetrics } from "./dapr-metrics.js";

/** Counts the calls of the gRPC door; as daprd, those with one request and one response. */
export function measureGrpc(table: WireTable, metrics: DaprMetrics): WireTable {
  return aroundHandlers(table, {
    unary: (handle, method) => {
      const ofMethod = { grpc_server_method: method.path };
      const record = (started: number, failure: unknown): void => {
        const labels = { ...ofMethod, grpc_server_status: failure === undefined ? "OK" : statusOf(failure) };
        metrics.count("grpc_io_server_completed_rpcs", labels);
        metrics.observe("grpc_io_server_server_latency", labels, performance.now() - started);
      };
      return async (request, context) => {
        const started = performance.now();
        const received = method.request.encode(request).finish().length;
        metrics.observe("grpc_io_server_received_bytes_per_rpc", ofMethod, received);
        try {
          const response = await handle(request, context);
          const sent = method.response.encode(response).finish().length;
          metrics.observe("grpc_io_server_sent_bytes_per_rpc", ofMethod, sent);
          record(started, undefined);
          return response;
        } catch (error) {
          metrics.observe("grpc_io_server_sent_bytes_per_rpc", ofMethod, 0);
          record(started, error);
          throw error;
        }
      };
    },
  });
}

/** A failure as Go's gRPC writes its code: `NotFound`, and `Canceled` with one l. */
export function statusOf(failure: unknown): string {
  const code = codeFromGrpcStatus(MechaError.from(failure).grpcStatus);
  if (code === "CANCELLED") return "Canceled";
  return code.toLowerCase().replaceAll(/(?:^|_)(\w)/gu, (_, letter: string) => letter.toUpperCase());
}
