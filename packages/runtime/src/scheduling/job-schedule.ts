import { goDurationMs } from "@mecha/spec";
import { Cron } from "croner";

/** When something comes again. */
export interface JobSchedule {
  /** The first time after another, in milliseconds since 1970; `undefined` if there is none. */
  next(afterMs: number): number | undefined;
}

const descriptors: Readonly<Record<string, string>> = {
  "@yearly": "0 0 0 1 1 *",
  "@annually": "0 0 0 1 1 *",
  "@monthly": "0 0 0 1 * *",
  "@weekly": "0 0 0 * * 0",
  "@daily": "0 0 0 * * *",
  "@midnight": "0 0 0 * * *",
  "@hourly": "0 0 * * * *",
};

/** What Dapr's scheduler knows in a field; its library here knows more, which daprd would refuse. */
const cronField = /^(?:[\d*?,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)+$/iu;
const zonePrefix = /^(?:CRON_)?TZ=(\S+)\s+/u;

/**
 * Reads the schedule of a job as Dapr's scheduler does: cron with six fields, seconds first, `@every 1h30m`, `@daily` and the
 * like. A calendar's times are UTC, unless the schedule begins with `TZ=Europe/Berlin` or `CRON_TZ=…`.
 *
 * @throws Error that says what is wrong with it
 */
export function readJobSchedule(text: string): JobSchedule {
  const zone = zonePrefix.exec(text);
  const spec = zone === null ? text : text.slice(zone[0].length);
  if (spec.startsWith("@every ")) return every(spec);
  const pattern = spec.startsWith("@") ? descriptors[spec] : spec;
  if (pattern === undefined) throw new Error(`unrecognized descriptor: ${spec}`);
  const fields = pattern.trim().split(/\s+/u);
  if (fields.length !== 6) throw new Error(`expected exactly 6 fields, found ${String(fields.length)}: ${pattern}`);
  const wrong = fields.find((field) => !cronField.test(field));
  if (wrong !== undefined) throw new Error(`failed to parse field "${wrong}" of schedule ${pattern}`);
  const timezone = zone?.[1] ?? "Etc/UTC";
  // Throws for a zone that nobody knows, which the library would say at the first time only.
  new Intl.DateTimeFormat("en", { timeZone: timezone });
  const cron = new Cron(fields.join(" "), { timezone, sloppyRanges: true });
  return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

function every(spec: string): JobSchedule {
  const delayMs = goDurationMs(spec.slice("@every ".length).trim());
  if (delayMs === undefined || delayMs <= 0) throw new Error(`failed to parse duration ${spec}`);
  // Finer than a millisecond would be a loop without an end.
  const stepMs = Math.max(1, delayMs);
  return { next: (afterMs) => afterMs + stepMs };
}
