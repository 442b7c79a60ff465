import type { CallEnd } from "../transport/call-options.js";

/**
 * When a job comes, again and again: every so many milliseconds; at the times that fit the fields of a calendar; or in
 * Dapr's own words, a cron expression of six fields that begins with seconds, or `@every 1h30m`, `@daily` and the like.
 */
export type JobSchedule = { readonly everyMs: number } | CalendarFields | string;

/**
 * Times of a calendar, in the time zone of the scheduler. A field is a number or a piece of cron (a range, a list, steps,
 * names of months and days). Fields that are finer than the finest one given are at their beginning, all others are any:
 * `{ hour: 3 }` is every day at three o'clock, `{ dayOfWeek: "mon-fri", hour: 9, minute: 30 }` at half past nine on working days.
 */
export interface CalendarFields {
  /** 0 to 59. */
  readonly second?: number | string;
  /** 0 to 59. */
  readonly minute?: number | string;
  /** 0 to 23. */
  readonly hour?: number | string;
  /** 1 to 31. */
  readonly dayOfMonth?: number | string;
  /** 1 to 12, or `jan` to `dec`. */
  readonly month?: number | string;
  /** 0 (Sunday) to 6, or `sun` to `sat`. */
  readonly dayOfWeek?: number | string;
}

/** What becomes of a job whose handler failed: it is dropped, or comes again. */
export type JobFailurePolicy =
  | "drop"
  | {
      /** How long until it comes again, in milliseconds. */
      readonly intervalMs: number;
      /** How often it comes again. @defaultValue until it is handled */
      readonly maxRetries?: number;
    };

/** When a job comes, and with what. It needs a schedule or a time at which it is due, or both. */
export interface JobOptions extends CallEnd {
  /** When it comes. @defaultValue once, when it is due */
  readonly schedule?: JobSchedule;
  /** When it comes first, or only, from now, in milliseconds. */
  readonly dueInMs?: number;
  /** When it comes first, or only; in place of `dueInMs`. */
  readonly dueAt?: Date;
  /** How often it comes. @defaultValue for ever, or once without a schedule */
  readonly repeats?: number;
  /** When it ends, from now, in milliseconds. @defaultValue never */
  readonly ttlMs?: number;
  /** When it ends; in place of `ttlMs`. */
  readonly expiresAt?: Date;
  /** What comes with it: a JSON value, or bytes as they are. */
  readonly data?: unknown;
  /** Whether it takes the place of a job of the same name. @defaultValue `false` */
  readonly overwrite?: boolean;
  /** @defaultValue as the runtime has it: daprd delivers it three more times, a second apart */
  readonly failurePolicy?: JobFailurePolicy;
}

/** A job that is scheduled. */
export interface ScheduledJob {
  readonly name: string;
  /** When it comes, in Dapr's words; `undefined` for one that comes once. */
  readonly schedule: string | undefined;
  /** When it is due first, as the runtime keeps it: what was given, or an RFC 3339 time. */
  readonly dueTime: string | undefined;
  /** How often it comes; `undefined` for ever. */
  readonly repeats: number | undefined;
  /** When it ends, as the runtime keeps it. */
  readonly ttl: string | undefined;
  /** What becomes of it when its handler fails; `undefined` if the runtime does not say. */
  readonly failurePolicy: JobFailurePolicy | undefined;
  /** The data that it was scheduled with. */
  readonly bytes: Uint8Array;
  /** The data as JSON; `undefined` if there is none. */
  json<T>(): T;
}
