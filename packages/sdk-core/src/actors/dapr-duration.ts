import { goDurationMs, MechaError } from "@mecha/spec";
import type { Duration } from "../generated/google/protobuf/duration.js";

/**
 * A duration as Dapr reads it, in whole milliseconds.
 *
 * @param subject - what the duration is, for messages
 * @throws MechaError `INVALID_ARGUMENT` if it is no number of milliseconds.
 */
export function toDaprDuration(milliseconds: number, subject: string): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `${subject} is ${String(milliseconds)}; pass a number of milliseconds, 0 or more`,
    );
  }
  return `${String(Math.round(milliseconds))}ms`;
}

/**
 * A period as Dapr reads it. Counted repetitions exist in ISO 8601 only, where Dapr takes whole seconds.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a period that cannot be written so.
 */
export function toDaprPeriod(periodMs: number, repetitions: number | undefined, subject: string): string {
  if (periodMs === 0)
    throw new MechaError("INVALID_ARGUMENT", `${subject} is 0; leave it out for an event that comes once`);
  const plain = toDaprDuration(periodMs, subject);
  if (repetitions === undefined) return plain;
  if (!Number.isSafeInteger(repetitions) || repetitions < 1) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `${subject} is to be repeated ${String(repetitions)} times; pass 1 or more`,
    );
  }
  if (periodMs % 1000 !== 0) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `${subject} is ${String(periodMs)} ms; with repetitions, Dapr takes whole seconds`,
    );
  }
  return `R${String(repetitions)}/PT${String(periodMs / 1000)}S`;
}

const isoDuration = /^(?:R\d+\/)?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/u;

/**
 * The milliseconds of a duration in Go's form (`1m30s`, also as `@every 1m30s`) or ISO 8601 (without years and months, whose
 * length depends on the date); `undefined` for anything else.
 */
export function fromDaprDuration(text: string): number | undefined {
  const duration = text.startsWith("@every ") ? text.slice("@every ".length) : text;
  const milliseconds = goDurationMs(duration);
  if (milliseconds !== undefined) return milliseconds;
  const iso = isoDuration.exec(duration);
  if (iso === null) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = iso.slice(1).map((amount) => Number(amount || 0));
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;
}

/** A duration as protobuf has it. */
export function toProtoDuration(milliseconds: number): Duration {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round((milliseconds - seconds * 1000) * 1e6) };
}
