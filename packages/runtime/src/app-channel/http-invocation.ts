import { common, type AppChannel, type CallContext } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { AppHttpClient } from "./http-exchange.js";
import { httpStatusError } from "./http-status-error.js";
import { passedHeaders } from "./passed-headers.js";
import { readBody } from "./read-body.js";
import { wholeAnswerKey } from "./whole-answer.js";

/** The members of a channel that answer service invocations. */
export type InvocationMembers = Required<Pick<AppChannel, "invoke" | "invokeStreamed">>;

/** Passes service invocations on to an app's own HTTP routes, as daprd does. */
export function httpInvocation(client: AppHttpClient, maxBytes: number): InvocationMembers {
  return {
    async invoke({ method, data, contentType, httpExtension }, context) {
      if (httpExtension === undefined) throw invalid("missing HTTP extension field");
      const { status, headers, body } = await client.send({
        verb: verbOf(httpExtension.verb),
        path: pathOf(method, httpExtension.querystring),
        headers: headersOf(context, contentType),
        body: data?.value ?? Buffer.alloc(0),
        signal: context.signal,
      });
      const bytes = await readBody(body, maxBytes);
      const { "content-type": replyType = "", ...others } = passedHeaders(headers);
      for (const [name, value] of Object.entries(others)) context.setHeader(name, value);
      context.setHeader("dapr-http-status", String(status));
      const isSuccess = status >= 200 && status < 300;
      if (!isSuccess && context.metadata[wholeAnswerKey] === undefined) throw httpStatusError(status, bytes);
      return { data: { typeUrl: "", value: bytes }, contentType: replyType };
    },
    async invokeStreamed({ method, verb, querystring, contentType, body }, context) {
      const length = context.metadata["content-length"] ?? "";
      const reply = await client.send({
        verb,
        path: pathOf(method, querystring),
        // As daprd: many a server reads no body that does not say how long it is.
        headers: { ...headersOf(context, contentType), ...(/^\d+$/u.test(length) && { "content-length": length }) },
        // A length that is known is kept: without one, verbs that have no body would get an empty one in pieces.
        body: length === "0" || isWithoutBody(verb, context) ? Buffer.alloc(0) : body,
        signal: context.signal,
      });
      const { "content-type": replyType = "", ...headers } = passedHeaders(reply.headers);
      return { status: reply.status, headers, contentType: replyType, body: reply.body };
    },
  };
}

function isWithoutBody(verb: string, { metadata }: CallContext): boolean {
  const hasNone = metadata["content-length"] === undefined && metadata["transfer-encoding"] === undefined;
  return hasNone && ["GET", "HEAD", "DELETE", "OPTIONS"].includes(verb);
}

function verbOf(verb: common.HTTPExtension_Verb): string {
  const name = common.HTTPExtension_Verb[verb];
  // As daprd: the caller has to name one, and a tunnel is no call.
  if (typeof name !== "string" || name === "NONE" || name === "CONNECT" || name === "UNRECOGNIZED")
    throw invalid("invalid HTTP verb");
  return name;
}

/**
 * The path on the app. Dots that would leave it are resolved here, so that nothing outside it is reached. As in daprd, what would end the path
 * or be no character of one is refused, also in escapes.
 */
function pathOf(method: string, querystring: string): string {
  if (notInMethod.test(unescaped(method)))
    throw new MechaError(
      "INVALID_ARGUMENT",
      `invalid method: it has characters that cannot be in one: ${JSON.stringify(method)}; a query has a field of its own`,
      { operation: "app.call", httpStatus: 400 },
    );
  const { pathname } = new URL(`/${method.replace(/^\/+/u, "")}`, "http://app.invalid");
  return querystring === "" ? pathname : `${pathname}?${querystring}`;
}

// eslint-disable-next-line no-control-regex -- control characters are what it finds
const notInMethod = /[#?\u0000-\u001f\u007f]/u;

function unescaped(method: string): string {
  try {
    return decodeURIComponent(method);
  } catch {
    // What is no escape is no character of its own either.
    return method;
  }
}

function headersOf({ metadata }: CallContext, contentType: string): Record<string, string> {
  const {
    "content-type": _type,
    "dapr-api-token": _token,
    [wholeAnswerKey]: _whole,
    ...headers
  } = passedHeaders(metadata);
  return contentType === "" ? headers : { ...headers, "content-type": contentType };
}

function invalid(message: string): MechaError {
  return new MechaError("INVALID_ARGUMENT", message, { operation: "app.call" });
}
