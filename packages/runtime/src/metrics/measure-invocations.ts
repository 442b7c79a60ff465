import { MechaError } from "@mecha/spec";
import type { RemoteInvoke } from "../invocation/invoke-service.js";
import type { Invoke } from "../observers/observers.js";
import type { DaprMetrics } from "./dapr-metrics.js";

/** Counts the calls of apps in other processes. */
export function measureRemoteApps(invoke: RemoteInvoke, metrics: DaprMetrics): RemoteInvoke {
  return async (appId, request, context) => {
    const started = performance.now();
    metrics.count("runtime_service_invocation_req_sent_total", { dst_app_id: appId, type: "unary" });
    const record = (failure?: unknown): void => {
      const labels = { src_app_id: appId, status: statusOf(failure) };
      metrics.count("runtime_service_invocation_res_recv_total", { ...labels, type: "unary" });
      metrics.observe("runtime_service_invocation_res_recv_latency_ms", labels, performance.now() - started);
    };
    try {
      const answer = await invoke(appId, request, context);
      record();
      return answer;
    } catch (error) {
      record(error);
      throw error;
    }
  };
}

/** Counts the calls that come from other processes. */
export function measureCalledApp(invoke: Invoke, metrics: DaprMetrics): Invoke {
  return async (request, context) => {
    const caller = context.metadata["dapr-caller-app-id"] ?? "unknown";
    metrics.count("runtime_service_invocation_req_recv_total", { src_app_id: caller });
    const record = (failure?: unknown): void =>
      metrics.count("runtime_service_invocation_res_sent_total", { dst_app_id: caller, status: statusOf(failure) });
    try {
      const answer = await invoke(request, context);
      record();
      return answer;
    } catch (error) {
      record(error);
      throw error;
    }
  };
}

function statusOf(failure: unknown): string {
  return String(failure === undefined ? 0 : MechaError.from(failure).grpcStatus);
}
