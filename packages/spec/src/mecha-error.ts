import { grpcStatusOf, type MechaErrorCode } from "./error-code.js";

/** Two copies of this package in one process must recognise each other's errors, so the brand is a registered symbol. */
const brand = Symbol.for("mecha.error/1");

/** What a {@link MechaError} knows besides its message. */
export interface MechaErrorDetails {
  /** What kept the operation from succeeding. */
  readonly cause?: unknown;
  /** Dapr's ErrorInfo reason, for example `ERR_STATE_STORE_NOT_FOUND`. */
  readonly reason?: string;
  /** Dapr's ErrorInfo metadata. Never holds secrets. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Name of the component concerned, as in its YAML. */
  readonly component?: string;
  /** What was attempted, for example `state.get`. */
  readonly operation?: string;
  /** HTTP status, where the answer came over HTTP or is meant for it. */
  readonly httpStatus?: number;
}

/**
 * The one error class that leaves `@mecha/*` packages.
 *
 * Compare by {@link MechaError.is} and `code`, never with `instanceof`: an ESM and a CJS copy may live in one process.
 */
export class MechaError extends Error {
  /** What kind of failure this is. */
  readonly code: MechaErrorCode;
  /** Dapr's ErrorInfo reason, if there is one. */
  readonly reason: string | undefined;
  /** Dapr's ErrorInfo metadata; empty if there is none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Name of the component concerned, if one was. */
  readonly component: string | undefined;
  /** What was attempted, for example `state.get`. */
  readonly operation: string | undefined;
  /** HTTP status, where one is known. */
  readonly httpStatus: number | undefined;

  constructor(code: MechaErrorCode, message: string, details: MechaErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "MechaError";
    this.code = code;
    this.reason = details.reason;
    this.metadata = details.metadata ?? {};
    this.component = details.component;
    this.operation = details.operation;
    this.httpStatus = details.httpStatus;
    Object.defineProperty(this, brand, { value: true });
  }

  /** The gRPC status number of this error's code. */
  get grpcStatus(): number {
    return grpcStatusOf(this.code);
  }

  /** Says whether a value is a MechaError, of this copy of the package or another. */
  static is(value: unknown): value is MechaError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }

  /**
   * Turns anything that was thrown into a MechaError; a MechaError passes unchanged.
   *
   * @param thrown - what a `catch` received
   * @param context - what was attempted; goes before the original message
   * @param details - added to the error; `cause` is always `thrown`
   */
  static from(thrown: unknown, context?: string, details: MechaErrorDetails = {}): MechaError {
    if (MechaError.is(thrown)) return thrown;
    const message = isError(thrown) ? thrown.message : String(thrown);
    const code: MechaErrorCode = hasName(thrown, "AbortError")
      ? "CANCELLED"
      : hasName(thrown, "TimeoutError")
        ? "DEADLINE_EXCEEDED"
        : "UNKNOWN";
    return new MechaError(code, context === undefined ? message : `${context}: ${message}`, {
      ...details,
      cause: thrown,
    });
  }
}

/** Not by `instanceof Error`: Jest runs code in a realm of its own, where Node's errors have another class. */
function hasName(thrown: unknown, name: string): boolean {
  return typeof thrown === "object" && thrown !== null && "name" in thrown && thrown.name === name;
}

function isError(thrown: unknown): thrown is Error {
  return (
    thrown instanceof Error ||
    (typeof thrown === "object" && thrown !== null && "message" in thrown && "name" in thrown)
  );
}
