import type { common } from "@mecha/sdk-core/protocol";
import type { FailurePolicy } from "./schedule-entry.js";

/** Reads what shall become of a failure; `undefined` if the message does not say. */
export function toFailurePolicy(message: common.JobFailurePolicy | undefined): FailurePolicy | undefined {
  const policy = message?.policy;
  if (policy === undefined) return undefined;
  if (policy.$case === "drop") return { kind: "drop" };
  const { interval, maxRetries } = policy.value;
  const intervalMs = interval === undefined ? 0 : Number(interval.seconds) * 1_000 + interval.nanos / 1e6;
  return { kind: "constant", intervalMs, ...(maxRetries !== undefined && { maxRetries }) };
}

/** Writes it. */
export function fromFailurePolicy(policy: FailurePolicy): common.JobFailurePolicy {
  if (policy.kind === "drop") return { policy: { $case: "drop", value: {} } };
  const { intervalMs, maxRetries } = policy;
  const seconds = Math.floor(intervalMs / 1_000);
  const interval = { seconds: BigInt(seconds), nanos: Math.round((intervalMs - seconds * 1_000) * 1e6) };
  return { policy: { $case: "constant", value: { interval, maxRetries } } };
}
