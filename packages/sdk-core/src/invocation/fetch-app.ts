import { MechaError } from "@mecha/spec";
import { isTelemetryRegistered } from "../call/telemetry-registered.js";
import type { RuntimeConnection } from "../connection/runtime-connection.js";
import type { FacadeContext } from "../facade-context.js";
import { startDeadline } from "../grpc/deadline-timer.js";
import { fetchInProcess } from "./fetch-in-process.js";
import { httpEndpointOf } from "./http-endpoint.js";

/** A request as Node's `fetch` takes it, and how long it may take. */
export interface AppRequestInit extends RequestInit {
  /** How long it may take until the status and headers of the answer are there, in milliseconds. @defaultValue no end */
  readonly timeoutMs?: number;
}

/**
 * Sends an HTTP request to another app: through the HTTP API of the sidecar, or in the process of the embedded runtime.
 *
 * @param path - path and query, as the app knows them
 */
export async function fetchApp(
  context: FacadeContext,
  { appId, path }: { readonly appId: string; readonly path: string },
  { timeoutMs, ...init }: AppRequestInit,
): Promise<Response> {
  const ending = new AbortController();
  const stopTimer = startDeadline(timeoutMs ?? Number.POSITIVE_INFINITY, () => {
    ending.abort(new MechaError("DEADLINE_EXCEEDED", `${attempt(appId)} took longer than ${String(timeoutMs)} ms`));
  });
  const signal = init.signal ? AbortSignal.any([init.signal, ending.signal]) : ending.signal;
  try {
    const request = await requestFor(context.connection, { appId, path }, { ...init, signal });
    return context.connection.mode === "embedded"
      ? await fetchInProcess(context.transport, appId, request)
      : await fetch(request);
  } catch (thrown) {
    if (init.signal?.aborted === true) {
      const cause: unknown = init.signal.reason;
      throw toError(new MechaError("CANCELLED", `${attempt(appId)} was cancelled`, { cause }), appId);
    }
    throw toError(ending.signal.aborted ? ending.signal.reason : thrown, appId);
  } finally {
    stopTimer();
  }
}

/** What an embedded runtime sees of a URL is its path only; the rest makes it one. */
const inProcessAddress = "http://mecha.invalid";

async function requestFor(
  connection: RuntimeConnection,
  { appId, path }: { readonly appId: string; readonly path: string },
  init: RequestInit,
): Promise<Request> {
  const isEmbedded = connection.mode === "embedded";
  const { address, apiToken } = isEmbedded ? { address: inProcessAddress, apiToken: "" } : httpEndpointOf(connection);
  const prefix = `${address}/v1.0/invoke/${encodeURIComponent(appId)}/method/`;
  const url = new URL(prefix + path.replace(/^\//, ""));
  // Dots in a path would climb out of this app's part of the API.
  if (!url.href.startsWith(new URL(prefix).href)) {
    throw new MechaError("INVALID_ARGUMENT", `"${path}" is no path of an app: it leads out of it`);
  }
  // Node wants a word on requests whose body is a stream.
  const request = new Request(url, { duplex: "half", ...init });
  if (apiToken !== "") request.headers.set("dapr-api-token", apiToken);
  if (isTelemetryRegistered()) await addTrace(request.headers);
  return request;
}

/** The span around this call; an instrumentation of `fetch` puts its own in its place. */
async function addTrace(headers: Headers): Promise<void> {
  const { context, propagation } = await import("@opentelemetry/api");
  propagation.inject(context.active(), headers, {
    set: (carrier, name, value) => {
      if (!carrier.has(name)) carrier.set(name, value);
    },
  });
}

function toError(thrown: unknown, appId: string): MechaError {
  const details = { operation: "invocation.fetch", component: appId };
  if (MechaError.is(thrown)) {
    if (thrown.operation !== undefined) return thrown;
    return new MechaError(thrown.code, thrown.message, { cause: thrown.cause, ...details });
  }
  // Node's fetch says "fetch failed" and keeps what happened as the cause.
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const isArgument = thrown instanceof TypeError && thrown.cause === undefined;
  return new MechaError(isArgument ? "INVALID_ARGUMENT" : "UNAVAILABLE", `${attempt(appId)} failed: ${reason}`, {
    ...details,
    cause: thrown,
  });
}

function attempt(appId: string): string {
  return `The HTTP request to app "${appId}"`;
}
