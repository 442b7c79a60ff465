import type { Metadata } from "@mecha/sdk-core/protocol";
import { grpcStatusOf, MechaError, type MechaErrorCode } from "@mecha/spec";
import * as z from "zod/mini";
import { malformed } from "./peer-frame.js";

const strings = z.record(z.string(), z.string());

/** Header of a hello. */
export const helloHeader = z.object({ protocol: z.number() });

/** What an app may set beside its answer. */
const answerMetadata = { headers: z.optional(strings), trailers: z.optional(strings) };

/** Header of a failure: an error of the app, or of the way to it. */
const failureHeader = z.object({
  ...answerMetadata,
  code: z.string(),
  message: z.string(),
  reason: z.optional(z.string()),
  metadata: z.optional(strings),
  component: z.optional(z.string()),
  operation: z.optional(z.string()),
  httpStatus: z.optional(z.number()),
});

/** What a failure's header says. */
export type FailureHeader = z.infer<typeof failureHeader>;

/**
 * Checks the header of a failure.
 *
 * @throws MechaError `DATA_LOSS` for anything else
 */
export function readFailureHeader(header: unknown): FailureHeader {
  const result = failureHeader.safeParse(header);
  if (!result.success) throw malformed("a failure that does not say what failed");
  return result.data;
}

/** Headers and trailers that an app set; absent where there are none, which is the rule. */
export interface AnswerMetadata {
  readonly headers?: Metadata | undefined;
  readonly trailers?: Metadata | undefined;
}

/**
 * Checks names and values of a header. By hand: it is done for every call, and a schema takes many times as long.
 *
 * @throws MechaError `DATA_LOSS` for anything else
 */
export function stringsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw malformed("a header without its names");
  for (const text of Object.values(value)) if (typeof text !== "string") throw malformed("a header without its values");
  // Every value was just found to be text.
  return value as Readonly<Record<string, string>>;
}

/** Writes an error for the other side. Causes and stacks stay here. */
export function toFailure(thrown: unknown, answer: AnswerMetadata): FailureHeader {
  const { code, message, reason, metadata, component, operation, httpStatus } = MechaError.from(thrown);
  return {
    ...answer,
    code,
    message,
    metadata: { ...metadata },
    ...(reason !== undefined && { reason }),
    ...(component !== undefined && { component }),
    ...(operation !== undefined && { operation }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
}

/** Reads an error of the other side. Both sides are of one version, so its code is one of ours; any other is `UNKNOWN`. */
export function fromFailure({
  code,
  message,
  headers: _headers,
  trailers: _trailers,
  ...details
}: FailureHeader): MechaError {
  const given = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
  const isOurs = Number.isInteger(grpcStatusOf(code as MechaErrorCode));
  return new MechaError(isOurs ? (code as MechaErrorCode) : "UNKNOWN", message, given);
}
