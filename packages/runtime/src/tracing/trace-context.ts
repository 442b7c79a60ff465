import { createTraceState, isSpanContextValid, type SpanContext } from "@opentelemetry/api";
import type { Metadata } from "@mecha/sdk-core/protocol";

/** The header in which gRPC clients of OpenCensus' time carry a trace, as base64 here. */
const binaryHeader = "grpc-trace-bin";

/** Longest `tracestate` that is passed on, as in daprd. */
const longestState = 512;

/** Reads the trace that a call belongs to: `grpc-trace-bin` first, as daprd does, else `traceparent` and `tracestate`. */
export function readTrace(metadata: Metadata): SpanContext | undefined {
  const binary = metadata[binaryHeader];
  if (binary !== undefined) return fromBinary(Buffer.from(binary, "base64"));
  const parent = fromTraceparent(metadata["traceparent"] ?? "");
  const state = metadata["tracestate"] ?? "";
  return parent === undefined || state === "" ? parent : { ...parent, traceState: createTraceState(state) };
}

/** A trace as W3C headers. */
export function traceHeaders({ traceId, spanId, traceFlags, traceState }: SpanContext): Record<string, string> {
  const flags = traceFlags.toString(16).padStart(2, "0");
  const state = traceState?.serialize() ?? "";
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(state !== "" && state.length <= longestState && { tracestate: state }),
  };
}

/** A trace as all headers that apps over gRPC may look for. */
export function allTraceHeaders(span: SpanContext): Record<string, string> {
  return { ...traceHeaders(span), [binaryHeader]: toBinary(span) };
}

/** A trace in the binary form of `grpc-trace-bin`: version, then trace id, span id and flags, each after the number of its field. */
function toBinary({ traceId, spanId, traceFlags }: SpanContext): string {
  const fields = [Buffer.from([0, 0]), Buffer.from(traceId, "hex"), Buffer.from([1]), Buffer.from(spanId, "hex")];
  return Buffer.concat([...fields, Buffer.from([2, traceFlags])]).toString("base64");
}

function fromTraceparent(text: string): SpanContext | undefined {
  const [, version = "", traceId = "", spanId = "", flags = "", more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/u.exec(text) ?? [];
  if (version === "" || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  return valid({ traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
}

function fromBinary(bytes: Buffer): SpanContext | undefined {
  if (bytes.length < 18 || bytes[0] !== 0 || bytes[1] !== 0) return undefined;
  const hasSpan = bytes.length >= 27 && bytes[18] === 1;
  const flags = hasSpan && bytes.length >= 29 && bytes[27] === 2 ? (bytes[28] ?? 0) : 0;
  const spanId = hasSpan ? bytes.toString("hex", 19, 27) : "";
  return valid({ traceId: bytes.toString("hex", 2, 18), spanId, traceFlags: flags, isRemote: true });
}

function valid(span: SpanContext): SpanContext | undefined {
  return isSpanContextValid(span) ? span : undefined;
}
