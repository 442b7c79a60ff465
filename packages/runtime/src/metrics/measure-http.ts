import type { ServerResponse } from "node:http";
import type { AnswerRequest } from "../observers/observers.js";
import type { DaprMetrics } from "./dapr-metrics.js";
import type { MetricsSettings } from "./metrics-settings.js";
import { createPathLabel } from "./path-label.js";

const knownVerbs: ReadonlySet<string> = new Set([
  ...["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE"],
]);

/** Counts the requests of the HTTP door. */
export function measureHttp(answer: AnswerRequest, metrics: DaprMetrics, settings: MetricsSettings): AnswerRequest {
  const labelOf = createPathLabel(settings);
  const { hasPaths = true, hidesVerbs = false } = settings;
  const verbOf = (verb: string): string => (hidesVerbs ? "" : knownVerbs.has(verb) ? verb : "UNKNOWN");
  return async (request, response) => {
    const started = performance.now();
    const written = countBytes(response);
    await answer(request, response);
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    const labels = {
      method: verbOf(request.method ?? "GET"),
      path: labelOf(decoded(path)),
      status: String(response.statusCode),
    };
    metrics.count("http_server_request_count", labels);
    if (hasPaths) metrics.count("http_server_response_count", labels);
    metrics.observe("http_server_latency", labels, performance.now() - started);
    metrics.observe("http_server_request_bytes", {}, Number(request.headers["content-length"] ?? 0));
    metrics.observe("http_server_response_bytes", {}, written());
  };
}

/** Counts the bytes of a response's body as they are written. */
function countBytes(response: ServerResponse): () => number {
  let bytes = 0;
  const add = (chunk: unknown): void => {
    if (typeof chunk === "string" || chunk instanceof Uint8Array) bytes += Buffer.byteLength(chunk);
  };
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.write = (...args: unknown[]) => {
    add(args[0]);
    return write(...args);
  };
  response.end = (...args: unknown[]) => {
    add(args[0]);
    return end(...args);
  };
  return () => bytes;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
