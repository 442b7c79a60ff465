import { MechaError } from "@mecha/spec";
import { toDaprDuration, toProtoDuration } from "../actors/dapr-duration.js";
import { decodeValue } from "../codec.js";
import type { JobFailurePolicy as FailurePolicyMessage } from "../generated/dapr/proto/common/v1/common.js";
import type { Job } from "../generated/dapr/proto/runtime/v1/jobs.js";
import { fromJobData, toJobData } from "./job-data.js";
import type { CalendarFields, JobFailurePolicy, JobOptions, JobSchedule, ScheduledJob } from "./job-options.js";

/** A job, for the wire. */
export function toJobMessage(name: string, options: JobOptions): Job {
  const { schedule, dueInMs, dueAt, repeats, ttlMs, expiresAt, data, failurePolicy } = options;
  const what = `Job "${name}"`;
  return {
    name,
    schedule: schedule === undefined ? undefined : toSchedule(schedule, what),
    dueTime: toTime({ inMs: dueInMs, at: dueAt }, { what, names: "dueInMs and dueAt" }),
    repeats: repeats === undefined ? undefined : checkedRepeats(repeats, what),
    ttl: toTime({ inMs: ttlMs, at: expiresAt }, { what, names: "ttlMs and expiresAt" }),
    data: toJobData(data, `The data of job "${name}"`),
    failurePolicy: failurePolicy && toFailurePolicy(failurePolicy),
  };
}

/** A job, from the wire. */
export function fromJobMessage({ name, schedule, dueTime, repeats, ttl, data, failurePolicy }: Job): ScheduledJob {
  const bytes = fromJobData(data);
  return {
    name,
    schedule,
    dueTime,
    repeats,
    ttl,
    failurePolicy: failurePolicy && fromFailurePolicy(failurePolicy),
    bytes,
    // The caller names the type that the job was scheduled with; nothing here can check it.
    json: <T>() => decodeValue(bytes, "json", `The data of job "${name}"`) as T,
  };
}

function toSchedule(schedule: JobSchedule, what: string): string {
  if (typeof schedule === "string") return schedule;
  if (!("everyMs" in schedule)) return toCron(schedule, what);
  if (schedule.everyMs > 0) return `@every ${toDaprDuration(schedule.everyMs, `${what}: everyMs`)}`;
  throw invalid(`${what} is to come every ${String(schedule.everyMs)} ms; pass a number above 0`);
}

/** The fields of a cron expression: the beginning of each, and how coarse it is. */
const cronFields = [
  ["second", "0", 0],
  ["minute", "0", 1],
  ["hour", "0", 2],
  ["dayOfMonth", "1", 3],
  ["month", "1", 4],
  // A day too: with one, no day of the month is meant.
  ["dayOfWeek", "*", 3],
] as const satisfies readonly (readonly [keyof CalendarFields, string, number])[];

function toCron(fields: CalendarFields, what: string): string {
  const given = cronFields.filter(([name]) => fields[name] !== undefined);
  if (given.length === 0) throw invalid(`${what} has a schedule without a field; pass an hour, a minute, …`);
  const finest = Math.min(...given.map(([, , coarseness]) => coarseness));
  return cronFields
    .map(([name, beginning, coarseness]) => String(fields[name] ?? (coarseness < finest ? beginning : "*")))
    .join(" ");
}

function toTime(
  { inMs, at }: { readonly inMs: number | undefined; readonly at: Date | undefined },
  { what, names }: { readonly what: string; readonly names: string },
): string | undefined {
  if (inMs !== undefined && at !== undefined) throw invalid(`${what} has both ${names}; pass one of them`);
  if (inMs !== undefined) return toDaprDuration(inMs, `${what}: one of ${names}`);
  if (at === undefined) return undefined;
  if (Number.isNaN(at.getTime())) throw invalid(`${what} has an invalid date in one of ${names}`);
  return at.toISOString();
}

function checkedRepeats(repeats: number, what: string): number {
  if (Number.isInteger(repeats) && repeats >= 1) return repeats;
  throw invalid(`${what} is to be repeated ${String(repeats)} times; pass 1 or more`);
}

function toFailurePolicy(policy: JobFailurePolicy): FailurePolicyMessage {
  if (policy === "drop") return { policy: { $case: "drop", value: {} } };
  const { intervalMs, maxRetries } = policy;
  return { policy: { $case: "constant", value: { interval: toProtoDuration(intervalMs), maxRetries } } };
}

function fromFailurePolicy({ policy }: FailurePolicyMessage): JobFailurePolicy | undefined {
  if (policy === undefined) return undefined;
  if (policy.$case === "drop") return "drop";
  const { interval, maxRetries } = policy.value;
  const intervalMs = interval === undefined ? 0 : Number(interval.seconds) * 1000 + interval.nanos / 1e6;
  return { intervalMs, ...(maxRetries !== undefined && { maxRetries }) };
}

function invalid(message: string): MechaError {
  return new MechaError("INVALID_ARGUMENT", message);
}
