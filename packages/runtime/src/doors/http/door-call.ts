import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { HttpContext } from "./http-context.js";
import { JsonFields, malformedBody } from "./json-fields.js";

/** Begins the names of queries and of headers that are metadata of a component. */
const metadataPrefix = "metadata.";

/** One request at the HTTP door and its response. */
export class DoorCall {
  readonly verb: string;
  /** The path as it was sent, without the query. */
  readonly rawPath: string;
  readonly querystring: string;
  /** Names in lower case; the door's own token is not among them. */
  readonly headers: Metadata;
  readonly context: HttpContext;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #maxBodyBytes: number;
  #query: URLSearchParams | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, maxBodyBytes: number) {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    this.verb = request.method ?? "GET";
    this.rawPath = mark < 0 ? url : url.slice(0, mark);
    this.querystring = mark < 0 ? "" : url.slice(mark + 1);
    this.headers = headersOf(request);
    this.context = new HttpContext(request, response, this.headers);
    this.#request = request;
    this.#response = response;
    this.#maxBodyBytes = maxBodyBytes;
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.querystring));
  }

  /** The metadata that the query has, `?metadata.name=value`; the first of a name counts. */
  get queryMetadata(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const [name, value] of this.query) {
      const key = name.startsWith(metadataPrefix) ? name.slice(metadataPrefix.length) : "";
      if (key !== "" && !Object.hasOwn(found, key)) found[key] = value;
    }
    return found;
  }

  /** The body as it arrives, which nothing limits. */
  get body(): AsyncIterable<Uint8Array> {
    return this.#request;
  }

  /** @throws MechaError `RESOURCE_EXHAUSTED` (413) for a body that is longer than the door takes. */
  async bytes(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let length = 0;
    // Requests that are not destroyed here can still be answered.
    for await (const piece of this.#request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > this.#maxBodyBytes) throw tooLong(this.#maxBodyBytes);
      pieces.push(piece);
    }
    return Buffer.concat(pieces, length);
  }

  /** @throws MechaError `INVALID_ARGUMENT` for a body that is no JSON. */
  async json(): Promise<unknown> {
    const bytes = await this.bytes();
    try {
      return JSON.parse(bytes.toString("utf8"));
    } catch (cause) {
      throw malformedBody(bytes.length === 0 ? "EOF" : cause instanceof Error ? cause.message : "no JSON", cause);
    }
  }

  /** The fields of a JSON body, which an API that has no message of its own needs. */
  async fields(): Promise<JsonFields> {
    return new JsonFields(await this.json());
  }

  /** The fields of a JSON body that may be empty. */
  async optionalFields(): Promise<JsonFields> {
    const bytes = await this.bytes();
    if (bytes.length === 0) return new JsonFields({});
    try {
      return new JsonFields(JSON.parse(bytes.toString("utf8")));
    } catch (cause) {
      throw MechaError.is(cause) ? cause : malformedBody(cause instanceof Error ? cause.message : "no JSON", cause);
    }
  }

  /** Answers that it is done, with nothing to say. */
  sendNothing(): void {
    this.#response.writeHead(204).end();
  }

  sendJson(value: unknown, status = 200): void {
    this.sendBytes(Buffer.from(JSON.stringify(value), "utf8"), { status });
  }

  /** Answers with bytes; their media type is JSON unless the headers say otherwise. */
  sendBytes(bytes: Uint8Array, { status = 200, headers = {} }: ReplyHead = {}): void {
    this.#response.writeHead(status, {
      "content-type": "application/json",
      ...headers,
      "content-length": bytes.length,
    });
    this.#response.end(this.verb === "HEAD" ? undefined : bytes);
  }

  /** Answers with a stream of bytes, each piece at once. A source that fails cuts the response. */
  async sendStream(body: AsyncIterable<Uint8Array>, { status = 200, headers = {} }: ReplyHead): Promise<void> {
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
    await pipeline(Readable.from(body, { objectMode: false }), this.#response);
  }

  /** Metadata of a component as headers. What no header can hold is left out. */
  metadataHeaders(metadata: Metadata): Record<string, string> {
    const sendable = Object.entries(metadata).filter(
      ([name, value]) => /^[!#$%&'*+.^_`|~\w-]+$/u.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/u.test(value),
    );
    return Object.fromEntries(sendable.map(([name, value]) => [metadataPrefix + name, value]));
  }

  /** Whether the answer has begun. */
  get isAnswered(): boolean {
    return this.#response.headersSent;
  }

  /** Ends the connection in the middle of an answer: the caller must not take what it has for the whole. */
  cut(): void {
    this.#response.destroy();
  }

  /** Does not wait for what is left of the body. */
  closeAfterAnswer(): void {
    if (!this.#response.headersSent) this.#response.setHeader("connection", "close");
  }

  /** Sets a header of the answer, whichever it will be. */
  setHeader(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  /** Resolves when the answer is out, or the caller gone. */
  async ended(): Promise<void> {
    if (!this.#response.closed) await once(this.#response, "close");
  }
}

/** The status and headers of an answer. */
export interface ReplyHead {
  readonly status?: number;
  readonly headers?: Metadata;
}

function headersOf(request: IncomingMessage): Metadata {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && name !== "dapr-api-token")
      headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return headers;
}

function tooLong(maxBytes: number): MechaError {
  return new MechaError(
    "RESOURCE_EXHAUSTED",
    `The body is longer than ${String(maxBytes)} bytes. Send less at once, or raise the largest body of the runtime.`,
    { reason: "ERR_BODY_READ", httpStatus: 413 },
  );
}
