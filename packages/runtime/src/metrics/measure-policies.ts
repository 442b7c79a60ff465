import type { PolicyListener, PolicyReport } from "../resiliency/policy-reports.js";
import type { DaprMetrics, Labels } from "./dapr-metrics.js";

/** The states of circuit breakers that daprd has a series for. */
const breakerStates = ["closed", "half-open", "open", "unknown"] as const;

/**
 * Counts what policies do. As in daprd, the state of a breaker is written when a call comes to it, and is 1 in the series of that
 * state and 0 in the others.
 *
 * @param name - of the Resiliency resource that daprd would name, which is the last
 */
export function measurePolicies(metrics: DaprMetrics, name: string): PolicyListener {
  const labels = ({ policy, target, direction, status }: PolicyReport): Labels => ({
    ...{ name, policy, target, status },
    flow_direction: direction,
  });
  return {
    used(report) {
      metrics.count("resiliency_count", labels(report));
      if (report.policy !== "circuitbreaker") return;
      for (const status of breakerStates)
        metrics.set("resiliency_cb_state", { ...labels(report), status }, status === report.status ? 1 : 0);
    },
    activated: (report) => metrics.count("resiliency_activations_total", labels(report)),
  };
}
