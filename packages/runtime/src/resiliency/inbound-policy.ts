import { MechaError, type DeliveryOutcome } from "@mecha/spec";
import type { PolicyOutcome } from "../pubsub/spent-event.js";
import { isRefusedByBreaker } from "./policy-failure.js";
import type { Policy } from "./policy.js";
import type { InboundKind } from "./resiliency.js";
import { runEach } from "./run-each.js";

/** What calls of the app are run under that a component brings. Closing ends pauses, and there is no further attempt. */
export class InboundPolicy {
  readonly #policy: Policy;

  /** @param kind - of the component. As in daprd, it is a subscription to a topic that is counted, and not each of its events. */
  constructor(policy: Policy, kind: InboundKind) {
    this.#policy = policy;
    if (kind === "pubsub") policy.tellUse();
  }

  /** Delivers an event until the app is done with it or the policy at its end; `spent` if that is so by its retries. */
  async deliver(
    deliver: (signal: AbortSignal | undefined) => Promise<DeliveryOutcome>,
    closing: AbortSignal,
  ): Promise<PolicyOutcome> {
    const [outcome = "retry"] = await this.deliverEach(
      [undefined],
      async (_, signal) => [await deliver(signal)],
      closing,
    );
    return outcome;
  }

  /** Delivers events together; those that the app asks to have again go along in the next attempt. */
  async deliverEach<E>(
    events: readonly E[],
    deliver: (events: readonly E[], signal: AbortSignal | undefined) => Promise<readonly DeliveryOutcome[]>,
    closing: AbortSignal,
  ): Promise<readonly PolicyOutcome[]> {
    // Why an event was not taken has been said; here it is only what becomes of it.
    const breaker = { hasRefused: false };
    const call = {
      items: events,
      attempt: deliver,
      verdictOf: (outcome: DeliveryOutcome) => (outcome === "retry" ? ("again" as const) : ("done" as const)),
      failed: (error: unknown): DeliveryOutcome => {
        if (isRefusedByBreaker(error)) breaker.hasRefused = true;
        return "retry";
      },
    };
    const outcomes = await runEach(this.#policy, call, { closing, statusOf, isUseTold: true }).catch((error: unknown) =>
      events.map(() => call.failed(error)),
    );
    // What was not tried to the end comes again: daprd loses what a breaker refuses.
    if (!this.#policy.hasRetryPolicy || breaker.hasRefused || closing.aborted) return outcomes;
    return outcomes.map((outcome) => (outcome === "retry" ? "spent" : outcome));
  }

  /** Calls the app for an event of a binding. */
  call<T>(call: (signal: AbortSignal | undefined) => Promise<T>, closing: AbortSignal): Promise<T> {
    return this.#policy.run(call, { closing, statusOf: httpStatusOf });
  }

  /** Tells the app of something that has no status: as in daprd, every failure is tried again, whatever `matching` says. */
  tell(call: (signal: AbortSignal | undefined) => Promise<void>, closing: AbortSignal): Promise<void> {
    return this.#policy.run(call, { closing });
  }
}

/** What went wrong on the way to an app over HTTP, or in reading its answer, or by a policy, has no status. */
const withoutStatus: ReadonlySet<string | undefined> = new Set(["app.call", "app.topic", "resiliency"]);

/** The status with which an app has refused an event: HTTP's, or the code of its gRPC answer. */
function statusOf(error: unknown): number | undefined {
  if (!MechaError.is(error)) return undefined;
  return error.httpStatus ?? (withoutStatus.has(error.operation) ? undefined : error.grpcStatus);
}

/** As in daprd, `matching` is asked of an app's answer to a binding over HTTP only. */
function httpStatusOf(error: unknown): number | undefined {
  return MechaError.is(error) ? error.httpStatus : undefined;
}
