import type { jobs } from "@mecha/sdk-core/protocol";
import { fromFailurePolicy, toFailurePolicy } from "../scheduling/failure-policy-message.js";
import type { Registration, ScheduleEntry } from "../scheduling/schedule-entry.js";

/** What is registered for a job of a request. */
export function toRegistration({ name, schedule, dueTime, repeats, ttl, data, failurePolicy }: jobs.Job): Registration {
  const policy = toFailurePolicy(failurePolicy);
  return {
    target: { kind: "job", name },
    ...(schedule !== undefined && { schedule }),
    ...(dueTime !== undefined && { dueTime }),
    ...(repeats !== undefined && { repeats }),
    ...(ttl !== undefined && { ttl }),
    // The bytes are the caller's.
    ...(data && { data: { typeUrl: data.typeUrl, value: Buffer.from(data.value) } }),
    ...(policy && { failurePolicy: policy }),
  };
}

/** A job as it was scheduled. */
export function fromRegistration({
  target,
  schedule,
  dueTime,
  repeats,
  ttl,
  data,
  failurePolicy,
}: ScheduleEntry["registration"]): jobs.Job {
  return {
    name: target.name,
    schedule,
    dueTime,
    repeats,
    ttl,
    data: data && { typeUrl: data.typeUrl, value: Buffer.from(data.value) },
    failurePolicy: fromFailurePolicy(failurePolicy),
  };
}
