import { STATUS_CODES } from "node:http";
import { SpanKind, type Tracer } from "@opentelemetry/api";
import { MechaError } from "@mecha/spec";
import type { AnswerRequest } from "../observers/observers.js";
import { CallSpan } from "./call-span.js";
import { describeHttp } from "./http-attributes.js";
import { daprHeaders } from "./rpc-attributes.js";

/**
 * Puts a span around each request at the HTTP door, but not around probes of health, with the names and attributes of daprd's. What
 * handlers and apps see as the request's trace is the span; the caller gets it in `traceparent`, unless the app that it called answered
 * with one.
 */
export function traceHttp(answer: AnswerRequest, tracer: Tracer): AnswerRequest {
  return async (request, response) => {
    const path = pathOf(request.url ?? "/");
    if (path.includes("/healthz")) return answer(request, response);
    const span = new CallSpan(tracer, { name: path, kind: SpanKind.CLIENT, metadata: traceOf(request.headers) });
    const { headers } = span;
    delete request.headers["tracestate"];
    Object.assign(request.headers, headers);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    await span.run(() => answer(request, response));
    const status = response.statusCode;
    if (span.isRecording) {
      const { name, attributes } = describeHttp({ request, path, status });
      span.describe({ ...daprHeaders(daprOf(request.headers)), ...attributes });
      if (name !== undefined) span.rename(name);
    }
    span.end(
      status < 400
        ? undefined
        : new MechaError("UNKNOWN", `Code(${String(status)}): ${STATUS_CODES[status] ?? "Unknown"}`),
    );
  };
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

function traceOf({ traceparent, tracestate }: Headers): Record<string, string> {
  return {
    ...(typeof traceparent === "string" && { traceparent }),
    ...(typeof tracestate === "string" && { tracestate }),
  };
}

function daprOf(headers: Headers): Record<string, string> {
  const single = Object.entries(headers).filter((header): header is [string, string] => typeof header[1] === "string");
  return Object.fromEntries(single);
}

function pathOf(url: string): string {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
