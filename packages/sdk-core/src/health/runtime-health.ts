import { setTimeout as delay } from "node:timers/promises";
import { MechaError, type MechaErrorCode } from "@mecha/spec";
import { metadataMethods } from "../generated/methods/metadata.js";
import { growingPauseMs } from "../stream/reopen-with-backoff.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Transport } from "../transport/transport.js";

/** Whether a runtime answers. */
export interface RuntimeHealth {
  readonly isReady: boolean;
  /** Why not. */
  readonly error?: MechaError;
}

/** How long to wait for a runtime. */
export interface ReadyOptions {
  /** How long to wait, in milliseconds. @defaultValue 60000 */
  readonly timeoutMs?: number;
  /** Ends the waiting with `CANCELLED`. */
  readonly signal?: AbortSignal;
}

/** How long one question may take unless its caller says so, in milliseconds. */
const askingTimeoutMs = 5_000;

const defaultTimeoutMs = 60_000;

/** Longest pause between two questions, in milliseconds. */
const longestPauseMs = 1_000;

const asking = { operation: "runtime.health" };

/** Answers that waiting does not change. */
const lasting: ReadonlySet<MechaErrorCode> = new Set([
  "UNAUTHENTICATED",
  "PERMISSION_DENIED",
  "CONFIGURATION_INVALID",
  "UNIMPLEMENTED",
]);

/**
 * Asks whether a runtime takes calls, by the cheapest of them (GetMetadata): daprd and Mecha's runtime answer it when their
 * components are loaded, and do not wait for the app.
 *
 * @throws MechaError `CANCELLED` if the caller gave up; all else is the result.
 */
export async function checkHealth(
  transport: Transport,
  { signal, deadline, timeoutMs = askingTimeoutMs }: CallEnd = {},
): Promise<RuntimeHealth> {
  const call = callOf(asking, {
    timeoutMs,
    ...(signal !== undefined && { signal }),
    ...(deadline !== undefined && { deadline }),
  });
  try {
    await transport.unary(metadataMethods.getMetadata, {}, call);
    return { isReady: true };
  } catch (thrown) {
    const error = MechaError.from(thrown, "The runtime could not be asked for its health");
    if (signal?.aborted === true) throw error;
    return { isReady: false, error };
  }
}

/**
 * Waits until a runtime takes calls.
 *
 * @throws MechaError `DEADLINE_EXCEEDED` after the time, with the last answer as cause; `CANCELLED` by the signal; at once
 * what waiting does not change, such as `UNAUTHENTICATED`.
 */
export async function waitUntilReady(transport: Transport, options: ReadyOptions = {}): Promise<void> {
  const { timeoutMs = defaultTimeoutMs, signal } = options;
  const end = Date.now() + timeoutMs;
  for (let attempts = 0; ; attempts++) {
    const { isReady, error } = await checkHealth(transport, {
      timeoutMs: Math.min(askingTimeoutMs, Math.max(1, end - Date.now())),
      ...(signal !== undefined && { signal }),
    });
    if (isReady) return;
    if (error !== undefined && lasting.has(error.code)) throw error;
    const restMs = end - Date.now();
    if (restMs <= 0) throw notReady(timeoutMs, error);
    await pause(Math.min(growingPauseMs(attempts), longestPauseMs, restMs), signal);
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    throw new MechaError("CANCELLED", "Waiting for the runtime was cancelled", { cause, ...asking });
  }
}

function notReady(timeoutMs: number, cause: MechaError | undefined): MechaError {
  const why = cause === undefined ? "" : `: ${cause.message}`;
  return new MechaError(
    "DEADLINE_EXCEEDED",
    `The runtime was not ready within ${String(timeoutMs)} ms${why}. See that it runs, and at the address that DAPR_GRPC_ENDPOINT or DAPR_GRPC_PORT says.`,
    { cause, ...asking },
  );
}
