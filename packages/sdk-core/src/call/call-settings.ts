import { MechaError, type MechaErrorCode } from "@mecha/spec";
import type { Interceptor } from "./interceptor.js";

/** When a call that failed is sent again. */
export interface RetryOptions {
  /**
   * How often a call is sent again at most; `0` never, `-1` until the deadline. @defaultValue `DAPR_API_MAX_RETRIES`, else 0
   */
  readonly maxRetries?: number;
  /** Longest pause before the first retry, in milliseconds; each next one is twice as long, half of it is chance. @defaultValue 100 */
  readonly initialDelayMs?: number;
  /** Longest pause, in milliseconds. @defaultValue 5000 */
  readonly maxDelayMs?: number;
  /** Errors that may pass. @defaultValue `UNAVAILABLE` */
  readonly codes?: readonly MechaErrorCode[];
}

/** When calls to a component that fails are not even tried. Each component, app or actor type has a breaker of its own. */
export interface CircuitBreakerOptions {
  /** So many failures in a row open the circuit. @defaultValue 5 */
  readonly consecutiveFailures?: number;
  /** How long it stays open until one call tries again, in milliseconds. @defaultValue 10000 */
  readonly halfOpenAfterMs?: number;
  /** What counts as a failure. @defaultValue `UNAVAILABLE` and `DEADLINE_EXCEEDED` */
  readonly codes?: readonly MechaErrorCode[];
}

/** What stands around every call of a {@link Mecha}. */
export interface CallSettings {
  /**
   * How long a call may take, all its attempts together, in milliseconds, unless it says so itself; `0` for ever. Streams have
   * no such end. @defaultValue `DAPR_API_TIMEOUT_SECONDS`, else 60 seconds with a sidecar and none embedded
   */
  readonly timeoutMs?: number;
  /**
   * Sends calls again: those that may be done twice (reads, for the most part), and any call that certainly was not done.
   * @defaultValue as often as `DAPR_API_MAX_RETRIES` says, else never
   */
  readonly retry?: RetryOptions;
  /** Stops calls to components that fail. @defaultValue none */
  readonly circuitBreaker?: CircuitBreakerOptions;
  /** See every call, the first one first. @defaultValue none */
  readonly interceptors?: readonly Interceptor[];
}

/** How long a call to a sidecar may take, in milliseconds; other Dapr SDKs have the same. */
const sidecarTimeoutMs = 60_000;

/** Settings with all that the environment and defaults say; `timeoutMs` is `Infinity` for none. */
export interface ResolvedCallSettings {
  readonly timeoutMs: number;
  readonly retry: Required<RetryOptions>;
  readonly circuitBreaker: Required<CircuitBreakerOptions> | undefined;
  readonly interceptors: readonly Interceptor[];
}

/**
 * Completes settings from the environment.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a variable that is no number, or a number that makes no sense.
 */
export function resolveCallSettings(
  settings: CallSettings,
  mode: "embedded" | "sidecar",
  environment: NodeJS.ProcessEnv = process.env,
): ResolvedCallSettings {
  const seconds = numberFrom(environment, "DAPR_API_TIMEOUT_SECONDS", 0);
  const byDefault = seconds === undefined ? (mode === "sidecar" ? sidecarTimeoutMs : 0) : seconds * 1000;
  const timeoutMs = checked("timeoutMs", settings.timeoutMs ?? byDefault, 0);
  const { retry = {}, circuitBreaker, interceptors = [] } = settings;
  const maxRetries = retry.maxRetries ?? numberFrom(environment, "DAPR_API_MAX_RETRIES", -1) ?? 0;
  return {
    timeoutMs: timeoutMs === 0 ? Number.POSITIVE_INFINITY : timeoutMs,
    retry: {
      maxRetries: checked("retry.maxRetries", maxRetries, -1),
      initialDelayMs: checked("retry.initialDelayMs", retry.initialDelayMs ?? 100, 0),
      maxDelayMs: checked("retry.maxDelayMs", retry.maxDelayMs ?? 5_000, 0),
      codes: retry.codes ?? ["UNAVAILABLE"],
    },
    circuitBreaker: circuitBreaker && {
      consecutiveFailures: checked("circuitBreaker.consecutiveFailures", circuitBreaker.consecutiveFailures ?? 5, 1),
      halfOpenAfterMs: checked("circuitBreaker.halfOpenAfterMs", circuitBreaker.halfOpenAfterMs ?? 10_000, 0),
      codes: circuitBreaker.codes ?? ["UNAVAILABLE", "DEADLINE_EXCEEDED"],
    },
    interceptors: [...interceptors],
  };
}

function numberFrom(environment: NodeJS.ProcessEnv, name: string, minimum: number): number | undefined {
  const text = environment[name];
  return text === undefined || text.trim() === "" ? undefined : checked(name, Number(text), minimum, text);
}

function checked(name: string, value: number, minimum: number, text: unknown = value): number {
  if (value >= minimum) return value;
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `${name} is "${String(text)}"; it is a number that is not less than ${String(minimum)}`,
    { operation: "connect" },
  );
}
