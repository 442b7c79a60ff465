import type { IncomingMessage } from "node:http";
import { MechaError } from "@mecha/spec";

/** What body parsers leave on a request. */
interface ParsedRequest extends IncomingMessage {
  readonly body?: unknown;
  /** What Nest's `rawBody` option keeps. */
  readonly rawBody?: unknown;
  /** What express 4's parsers set on a request whose body they have read. */
  readonly _body?: unknown;
}

/**
 * The body of a request, also of one that a body parser before the host has read: JSON and forms are then written again.
 *
 * @throws MechaError `FAILED_PRECONDITION` if the body was read and nothing of it was kept.
 */
export function requestBody(request: IncomingMessage): AsyncIterable<Uint8Array> {
  const { body, rawBody } = request as ParsedRequest;
  if (rawBody instanceof Uint8Array) return onePiece(rawBody);
  // Some parsers set an empty body on requests that they leave alone.
  if (!request.readableDidRead) return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  return onePiece(writtenAgain(request, isLeftAlone(request) ? undefined : body));
}

/** express 4's parsers leave an empty object on a request that they did not read, and mark those that they did. */
function isLeftAlone(request: ParsedRequest): boolean {
  const { body, _body: isMarked } = request;
  const isEmpty = typeof body === "object" && body !== null && Object.keys(body).length === 0;
  return isEmpty && isMarked !== true && !isForm(request) && !/[/+]json\b/iu.test(mediaType(request));
}

function writtenAgain(request: IncomingMessage, body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (typeof body === "string") return Buffer.from(body, "utf8");
  if (body !== undefined && isForm(request)) {
    return Buffer.from(new URLSearchParams(body as Record<string, string>).toString(), "utf8");
  }
  if (body !== undefined) return Buffer.from(JSON.stringify(body), "utf8");
  if (Number(request.headers["content-length"] ?? 0) === 0) return Buffer.alloc(0);
  throw new MechaError(
    "FAILED_PRECONDITION",
    "Something before the host has read the body of a request and kept nothing of it: mount host.router() before it",
    { operation: "app.http" },
  );
}

function isForm(request: IncomingMessage): boolean {
  return mediaType(request).startsWith("application/x-www-form-urlencoded");
}

function mediaType(request: IncomingMessage): string {
  return request.headers["content-type"] ?? "";
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes;
}
