import type { BreakerState } from "./circuit-breaker.js";

/** A policy of a target, in daprd's words. */
export interface PolicyReport {
  readonly policy: "timeout" | "retry" | "circuitbreaker";
  /** What the policy is for: `app_` and an app id, `actor_` and a type, `Statestore_` and the name of a component, and so on. */
  readonly target: string;
  readonly direction: "inbound" | "outbound";
  /** What the circuit breaker does with calls; empty for other policies. */
  readonly status: BreakerState | "";
}

/** Hears what policies do. */
export interface PolicyListener {
  /** A call is made under a policy; for events of topics, a subscription. */
  used(report: PolicyReport): void;
  /** A policy has done something: ended an attempt that took too long, begun a retry, changed what its breaker does. */
  activated(report: PolicyReport): void;
}

/** Where all policies of a runtime report to: nobody, until somebody listens. */
export class PolicyReports {
  listener: PolicyListener | undefined;
}

/** What the policies of one target report. */
export class TargetReports {
  readonly #reports: PolicyReports;
  readonly #target: Pick<PolicyReport, "target" | "direction">;

  constructor(reports: PolicyReports, target: Pick<PolicyReport, "target" | "direction">) {
    this.#reports = reports;
    this.#target = target;
  }

  /** Says that a call is made under a policy. */
  used(policy: PolicyReport["policy"], status: PolicyReport["status"] = ""): void {
    this.#reports.listener?.used({ ...this.#target, policy, status });
  }

  /** Says that a policy has done something. */
  activated(policy: PolicyReport["policy"], status: PolicyReport["status"] = ""): void {
    this.#reports.listener?.activated({ ...this.#target, policy, status });
  }
}
