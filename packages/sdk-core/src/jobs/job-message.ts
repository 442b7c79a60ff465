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

/** The fields of a cron expression, with what each is at its beginning; the days have no order of fineness between them. */
const cronFields = [
  ["second", "0"],
  ["minute", "0"],
  ["hour", "0"],
  ["dayOfMonth", "1"],
  ["month", "1"],
  ["dayOfWeek", "*"],
] as const satisfies readonly (readonly [keyof CalendarFields, string])[];

function toCron(fields: CalendarFields, what: string): string {
  const finest = cronFields.findIndex(([name]) => fields[name] !== undefined);
  if (finest === -1) throw invalid(`${what} has a schedule without a field; pass an hour, a minute, …`);
  // With a day of the week alone, a day is no finer field: the first of a month would narrow it down.
  const isDaily = cronFields[finest]?.[0] === "dayOfWeek";
  return cronFields
    .map(([name, beginning], index) => {
      const given = fields[name];
      if (given !== undefined) return String(given);
      return index < finest && !(isDaily && index > 2) ? beginning : "*";
    })
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
