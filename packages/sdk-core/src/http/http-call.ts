import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { collectBody } from "../app/collect-body.js";
import { decodeValue } from "../codec.js";
import type { CallContext } from "../transport/handler.js";
import type { Metadata } from "../transport/transport.js";
import { httpStatusOf } from "./http-error.js";
import { requestBody } from "./request-body.js";
import { MechaError } from "@mecha/spec";

/** Headers that the server itself writes, or that concern one connection. */
const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** One request and its response. */
export class HttpCall {
  readonly verb: string;
  /** Path without its first slash, decoded. */
  readonly path: string;
  readonly querystring: string;
  readonly headers: Metadata;
  readonly context: CallContext;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #maximumBytes: number;
  #abort: AbortController | undefined;

  /** @throws MechaError `INVALID_ARGUMENT` for a path that cannot be decoded. */
  constructor(request: IncomingMessage, response: ServerResponse, maximumBytes: number) {
    const [path = "", ...query] = (request.url ?? "/").split("?");
    this.#request = request;
    this.#response = response;
    this.#maximumBytes = maximumBytes;
    this.verb = request.method ?? "GET";
    this.path = decoded(path.replace(/^\//u, ""));
    this.querystring = query.join("?");
    this.headers = headersOf(request);
    const signal = (): AbortSignal => this.#signal();
    this.context = {
      metadata: this.headers,
      get signal() {
        return signal();
      },
      peer: request.socket.remoteAddress ?? "unix",
      setHeader: (name, value) => {
        response.setHeader(name, value);
      },
      setTrailer: (name, value) => {
        if (!response.headersSent) response.setHeader(name, value);
      },
    };
  }

  get contentType(): string {
    return this.headers["content-type"] ?? "";
  }

  /** The body as it arrives. */
  get body(): AsyncIterable<Uint8Array> {
    return requestBody(this.#request);
  }

  /** Reads the body, within the limit. */
  async bytes(): Promise<Buffer> {
    return collectBody(this.body, this.#maximumBytes);
  }

  /** Reads the body as JSON; `undefined` if it is empty. */
  async json(): Promise<unknown> {
    return decodeValue(await this.bytes(), "json", `The body of ${this.verb} /${this.path}`);
  }

  /** Answers with JSON. */
  sendJson(status: number, value: unknown): void {
    this.#start(status, { "content-type": "application/json" });
    this.#response.end(JSON.stringify(value));
  }

  /** Answers with bytes, or a stream of them; a caller that goes away ends the stream. */
  async send(status: number, headers: Metadata, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    this.#start(status, headers);
    if (!(body instanceof Uint8Array)) {
      for await (const piece of body) {
        if (this.#response.destroyed) return;
        if (!this.#response.write(piece))
          await Promise.race([once(this.#response, "drain"), once(this.#response, "close")]);
      }
      this.#response.end();
      return;
    }
    this.#response.end(body);
  }

  /** Answers with an error; in the middle of a response, cuts it. */
  sendError(thrown: unknown): void {
    if (this.#response.headersSent) {
      this.#response.destroy();
      return;
    }
    const error = MechaError.from(thrown);
    const status = httpStatusOf(error);
    // What is left of a body that is too long is not waited for.
    if (status === 413) this.#response.setHeader("connection", "close");
    // daprd passes on 63 bytes of it: the message has them.
    this.sendJson(status, { message: error.message, errorCode: error.reason ?? error.code });
  }

  #start(status: number, headers: Metadata): void {
    this.#response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) {
      if (!ofConnection.has(name.toLowerCase())) this.#response.setHeader(name, value);
    }
  }

  /** Aborts when the caller goes away before it has its answer. */
  #signal(): AbortSignal {
    if (this.#abort !== undefined) return this.#abort.signal;
    const abort = new AbortController();
    this.#abort = abort;
    const onClose = (): void => {
      if (!this.#response.writableFinished) abort.abort(new MechaError("CANCELLED", "The caller ended the call"));
    };
    if (this.#response.closed) onClose();
    else this.#response.once("close", onClose);
    return abort.signal;
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new MechaError("INVALID_ARGUMENT", `The path "/${path}" is not percent-encoded as it should be`, { cause });
  }
}

function headersOf(request: IncomingMessage): Metadata {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return headers;
}
