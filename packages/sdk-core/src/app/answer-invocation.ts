import { MechaError } from "@mecha/spec";
import { contentTypeOf, decodeValue, encodeValue } from "../codec.js";
import {
  HTTPExtension_Verb,
  type InvokeRequest,
  type InvokeResponse,
} from "../generated/dapr/proto/common/v1/common.js";
import type { CallContext } from "../transport/handler.js";
import type { Metadata } from "../transport/transport.js";
import type { StreamedInvocation, StreamedReply } from "./app-channel.js";
import { collectBody } from "./collect-body.js";
import type { MethodRegistration } from "./host-handlers.js";
import type { Invocation } from "./invocation-handler.js";
import { InvocationReply } from "./invocation-reply.js";

/** The methods of an app, by name; `*` has those that no other has. */
export type MethodTable = ReadonlyMap<string, readonly MethodRegistration[]>;

/** Answers an invocation whose data came in one piece. */
export async function answerInvocation(
  methods: MethodTable,
  request: InvokeRequest,
  context: CallContext,
  maximumBytes: number,
): Promise<InvokeResponse> {
  const number = request.httpExtension?.verb ?? HTTPExtension_Verb.NONE;
  // A newer runtime may know more verbs.
  const verb = number in HTTPExtension_Verb ? HTTPExtension_Verb[number] : "NONE";
  const { handler } = requireMethod(methods, request.method, verb);
  const bytes = request.data?.value ?? Buffer.alloc(0);
  const result = await handler(
    new ReceivedInvocation({
      method: request.method,
      verb,
      querystring: request.httpExtension?.querystring ?? "",
      contentType: request.contentType,
      bytes,
      context,
    }),
  );
  const { status, headers, contentType, body } = toReply(result);
  for (const name in headers) context.setHeader(name, headers[name] ?? "");
  if (status !== undefined) context.setHeader("dapr-http-status", String(status));
  const value = body instanceof Uint8Array ? asBuffer(body) : await collectBody(body, maximumBytes);
  return { data: { typeUrl: "", value }, contentType };
}

/** Answers an invocation whose data comes, and whose reply goes, as a stream. */
export async function answerStreamedInvocation(
  methods: MethodTable,
  request: StreamedInvocation,
  context: CallContext,
  maximumBytes: number,
): Promise<StreamedReply> {
  const { method, verb } = request;
  const { handler, options } = requireMethod(methods, method, verb);
  const { body, ...said } = request;
  const invocation =
    options.streaming === true
      ? new ReceivedInvocation({ ...said, bytes: Buffer.alloc(0), body, context })
      : new ReceivedInvocation({ ...said, bytes: await collectBody(body, maximumBytes), context });
  return toReply(await handler(invocation));
}

/** Finds the handler of a method, else the one for all methods. */
export function findMethod(methods: MethodTable, method: string, verb: string): MethodRegistration | undefined {
  return pick(methods.get(method), verb) ?? pick(methods.get("*"), verb);
}

/** By the code and the operation a runtime knows that another host of the process may have the method. */
function requireMethod(methods: MethodTable, method: string, verb: string): MethodRegistration {
  const found = findMethod(methods, method, verb);
  if (found !== undefined) return found;
  const verbs = methods.get(method)?.flatMap(({ options }) => options.verbs ?? []);
  const message =
    verbs === undefined
      ? `This app has no handler for method "${method}"; add one with onInvoke()`
      : `Method "${method}" of this app does not take ${verb}; it takes ${verbs.join(", ")}`;
  throw new MechaError("NOT_FOUND", message, { operation: "app.invoke", httpStatus: verbs === undefined ? 404 : 405 });
}

function pick(registrations: readonly MethodRegistration[] | undefined, verb: string): MethodRegistration | undefined {
  const asked = verb === "NONE" ? "POST" : verb;
  return registrations?.find(({ options: { verbs } }) => verbs === undefined || verbs.some((one) => one === asked));
}

interface InvocationParts {
  readonly method: string;
  readonly verb: string;
  readonly querystring: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly body?: AsyncIterable<Uint8Array>;
  readonly context: CallContext;
}

/**
 * What a handler sees. What many do not look at (query, signal, body) is made when it is asked for, and nothing is made anew for each
 * call but this object: that would cost more than many a handler.
 */
class ReceivedInvocation implements Invocation {
  readonly method: string;
  readonly verb: string;
  readonly headers: Metadata;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** A property, so that handlers may take it out of the object. */
  readonly json = <T>(): T => {
    // The handler names the type that its callers send; nothing here can check it.
    return decodeValue(this.bytes, "json", `The data for method "${this.method}"`) as T;
  };
  readonly #querystring: string;
  readonly #body: AsyncIterable<Uint8Array> | undefined;
  readonly #context: CallContext;
  #query: URLSearchParams | undefined;

  constructor({ method, verb, querystring, contentType, bytes, body, context }: InvocationParts) {
    this.method = method;
    this.verb = verb;
    this.headers = context.metadata;
    this.contentType = contentType;
    this.bytes = bytes;
    this.#querystring = querystring;
    this.#body = body;
    this.#context = context;
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.#querystring));
  }

  get body(): AsyncIterable<Uint8Array> {
    return this.#body ?? onePiece(this.bytes);
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  get isCancelled(): boolean {
    return this.#context.isCancelled ?? this.#context.signal.aborted;
  }
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes;
}

function toReply(result: unknown): StreamedReply {
  const reply = InvocationReply.is(result) ? result : new InvocationReply(result);
  const { status, headers = {}, contentType } = reply.options;
  const { data } = reply;
  const isBytes = data instanceof Uint8Array || isStream(data);
  const body = isStream(data) ? data : data === undefined ? Buffer.alloc(0) : encodeValue(data, "json", "The reply");
  return { status, headers, contentType: contentType ?? (isBytes ? contentTypeOf.bytes : contentTypeOf.json), body };
}

function isStream(data: unknown): data is AsyncIterable<Uint8Array> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
