import type { common } from "@mecha/sdk-core/protocol";
import { malformed } from "./peer-frame.js";
import { stringsOf, type AnswerMetadata } from "./peer-headers.js";

/** Header of a call: an invocation without its data. */
export interface CallHeader {
  readonly method: string;
  readonly contentType: string;
  /** Type of the data; absent if there is no data, not even empty data. */
  readonly typeUrl?: string | undefined;
  /** Number of the verb, and the query. */
  readonly http?: readonly [verb: common.HTTPExtension_Verb, querystring: string] | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly timeoutMs?: number | undefined;
}

/** Header of a reply: the app's answer without its data. */
export interface ReplyHeader extends AnswerMetadata {
  readonly contentType: string;
  readonly typeUrl?: string | undefined;
}

const noBytes = new Uint8Array();

/** Bytes of a message's data. */
export function bodyOf({ data }: common.InvokeRequest | common.InvokeResponse): Uint8Array {
  return data?.value ?? noBytes;
}

/** Writes all of a request but its data. JSON leaves out what is undefined. */
export function toCallHeader(
  { method, contentType, data, httpExtension }: common.InvokeRequest,
  metadata: CallHeader["metadata"],
  deadline: number | undefined,
): CallHeader {
  return {
    method,
    contentType,
    typeUrl: data?.typeUrl,
    http: httpExtension && [httpExtension.verb, httpExtension.querystring],
    metadata,
    timeoutMs: deadline !== undefined && Number.isFinite(deadline) ? Math.max(0, deadline - Date.now()) : undefined,
  };
}

/**
 * Checks the header of a call.
 *
 * @throws MechaError `DATA_LOSS` for anything else
 */
export function readCallHeader(header: unknown): CallHeader {
  const { method, contentType, typeUrl, http, metadata, timeoutMs } = fieldsOf(header);
  return {
    method: textOf(method),
    contentType: textOf(contentType),
    typeUrl: typeUrl === undefined ? undefined : textOf(typeUrl),
    http: http === undefined ? undefined : httpOf(http),
    metadata: stringsOf(metadata),
    timeoutMs: timeoutMs === undefined ? undefined : numberOf(timeoutMs),
  };
}

/** Puts header and data of a call together. */
export function toInvokeRequest(
  { method, contentType, typeUrl, http }: CallHeader,
  body: Uint8Array,
): common.InvokeRequest {
  return {
    method,
    contentType,
    ...(typeUrl !== undefined && { data: { typeUrl, value: ownBytes(body) } }),
    ...(http !== undefined && { httpExtension: { verb: http[0], querystring: http[1] } }),
  };
}

/** Writes all of a response but its data. */
export function toReplyHeader(
  { contentType, data }: common.InvokeResponse,
  answer: AnswerMetadata | undefined,
): ReplyHeader {
  return { contentType, typeUrl: data?.typeUrl, headers: answer?.headers, trailers: answer?.trailers };
}

/**
 * Checks the header of a reply.
 *
 * @throws MechaError `DATA_LOSS` for anything else
 */
export function readReplyHeader(header: unknown): ReplyHeader {
  const { contentType, typeUrl, headers, trailers } = fieldsOf(header);
  return {
    contentType: textOf(contentType),
    typeUrl: typeUrl === undefined ? undefined : textOf(typeUrl),
    headers: headers === undefined ? undefined : stringsOf(headers),
    trailers: trailers === undefined ? undefined : stringsOf(trailers),
  };
}

/** Puts header and data of a reply together. */
export function toInvokeResponse({ contentType, typeUrl }: ReplyHeader, body: Uint8Array): common.InvokeResponse {
  return { contentType, ...(typeUrl !== undefined && { data: { typeUrl, value: ownBytes(body) } }) };
}

/** A copy: what arrived with it on the socket belongs to other calls. */
function ownBytes(body: Uint8Array): Buffer {
  return Buffer.from(body);
}

function fieldsOf(header: unknown): Readonly<Record<string, unknown>> {
  if (typeof header !== "object" || header === null) throw malformed("a message without a header");
  return header as Readonly<Record<string, unknown>>;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw malformed("a header without its texts");
  return value;
}

function numberOf(value: unknown): number {
  if (typeof value !== "number") throw malformed("a header without its numbers");
  return value;
}

function httpOf(value: unknown): readonly [common.HTTPExtension_Verb, string] {
  if (!Array.isArray(value)) throw malformed("a header with a verb of its own kind");
  const verb = numberOf(value[0]);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- numbers that name no verb pass, as on gRPC
  return [verb, textOf(value[1])];
}
