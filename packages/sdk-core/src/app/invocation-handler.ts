import { contentTypeOf, decodeValue, encodeValue } from "../codec.js";
import {
  HTTPExtension_Verb,
  type InvokeRequest,
  type InvokeResponse,
} from "../generated/dapr/proto/common/v1/common.js";
import type { CallContext } from "../transport/handler.js";
import type { Metadata } from "../transport/transport.js";

/** A service invocation as its handler sees it. */
export interface Invocation {
  readonly method: string;
  /** HTTP verb that the caller named; `NONE` if it named none. */
  readonly verb: string;
  readonly query: URLSearchParams;
  /** Headers that the caller sent. */
  readonly headers: Metadata;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** Aborts when the caller gave up. */
  readonly signal: AbortSignal;
  /** The data as JSON; `undefined` if there is none. */
  json<T>(): T;
}

/** A reply may come from another copy of this package than the host, so the brand is a registered symbol. */
const brand = Symbol.for("mecha.invocation-reply/1");

/** A reply with status, headers or media type of its own. */
export class InvocationReply {
  constructor(
    /** Any JSON value, or bytes. */
    readonly data: unknown,
    readonly options: { readonly status?: number; readonly headers?: Metadata; readonly contentType?: string } = {},
  ) {
    Object.defineProperty(this, brand, { value: true });
  }

  /** Says whether a value is a reply, of this copy of the package or another. */
  static is(value: unknown): value is InvocationReply {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }
}

/** Answers an invocation with a JSON value, bytes, nothing, or an {@link InvocationReply}. */
export type InvocationHandler = (invocation: Invocation) => unknown;

/** Makes an invocation from its message. */
export function toInvocation(request: InvokeRequest, context: CallContext): Invocation {
  const bytes = request.data?.value ?? Buffer.alloc(0);
  const verb = request.httpExtension?.verb ?? HTTPExtension_Verb.NONE;
  let query: URLSearchParams | undefined;
  return {
    method: request.method,
    // A newer runtime may know more verbs.
    verb: verb in HTTPExtension_Verb ? HTTPExtension_Verb[verb] : "NONE",
    // This and the signal are made for handlers that look at them: making them costs more than many a handler.
    get query() {
      return (query ??= new URLSearchParams(request.httpExtension?.querystring ?? ""));
    },
    headers: context.metadata,
    contentType: request.contentType,
    bytes,
    get signal() {
      return context.signal;
    },
    json<T>(): T {
      // The handler names the type that its callers send; nothing here can check it.
      return decodeValue(bytes, "json", `The data for method "${request.method}"`) as T;
    },
  };
}

/** Makes the message of a handler's result. */
export function toInvokeResponse(result: unknown, context: CallContext): InvokeResponse {
  const reply = InvocationReply.is(result) ? result : new InvocationReply(result);
  const { status, headers = {}, contentType } = reply.options;
  for (const [name, value] of Object.entries(headers)) context.setHeader(name, value);
  if (status !== undefined) context.setHeader("dapr-http-status", String(status));
  const { data } = reply;
  const bytes = data === undefined ? Buffer.alloc(0) : encodeValue(data, "json");
  const defaultType = data instanceof Uint8Array ? contentTypeOf.bytes : contentTypeOf.json;
  return { data: { typeUrl: "", value: bytes }, contentType: contentType ?? defaultType };
}
