import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallContext, Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";

/** What a handler knows of a call over HTTP. What it sets as header or trailer is kept for the route to send. */
export class HttpContext implements CallContext {
  readonly metadata: Metadata;
  readonly peer: string;
  /** What the handler set. */
  readonly sent: Record<string, string> = {};
  readonly #response: ServerResponse;
  #abort: AbortController | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, metadata: Metadata) {
    this.metadata = metadata;
    this.peer = request.socket.remoteAddress ?? "unix";
    this.#response = response;
  }

  /** Aborts when the caller goes away before it has its answer. Made when it is first asked for. */
  get signal(): AbortSignal {
    if (this.#abort !== undefined) return this.#abort.signal;
    const abort = (this.#abort = new AbortController());
    const onClose = (): void => {
      if (!this.#response.writableFinished) abort.abort(new MechaError("CANCELLED", "The caller ended the call"));
    };
    if (this.#response.closed) onClose();
    else this.#response.once("close", onClose);
    return abort.signal;
  }

  setHeader(name: string, value: string): void {
    this.sent[name.toLowerCase()] = value;
  }

  setTrailer(name: string, value: string): void {
    this.sent[name.toLowerCase()] = value;
  }
}
