import type { ClientHttp2Stream, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { MechaError } from "@mecha/spec";
import type { AppEnding } from "./call-app.js";
import { failureTrailers, refuse } from "./end-call.js";

/** The answer to a call that may be made again: its caller sees nothing of an attempt before the first message of that. */
export class ProxiedAnswer {
  readonly #caller: ServerHttp2Stream;
  #trailers: OutgoingHttpHeaders = {};

  constructor(caller: ServerHttp2Stream) {
    this.#caller = caller;
  }

  /** Whether the caller has seen something of it: then it cannot be begun again. */
  get hasBegun(): boolean {
    return this.#caller.headersSent;
  }

  /** Passes on a piece of the messages of an attempt. */
  pass(piece: Buffer, headers: OutgoingHttpHeaders, app: ClientHttp2Stream): void {
    this.#begin(headers);
    if (this.#caller.closed || this.#caller.write(piece)) return;
    app.pause();
    this.#caller.once("drain", () => app.resume());
  }

  /** Ends it as the app has ended the last attempt. */
  end({ headers, trailers }: AppEnding): void {
    if (this.#caller.closed) return;
    if (trailers === undefined) {
      this.#caller.respond(headers, { endStream: true });
      return;
    }
    this.#begin(headers);
    this.#trailers = trailers;
    this.#caller.end();
  }

  /** Ends it with what went wrong on the way. */
  fail(error: MechaError): void {
    if (this.#caller.closed) return;
    if (!this.hasBegun) {
      refuse(this.#caller, error);
      return;
    }
    this.#trailers = failureTrailers(error);
    this.#caller.end();
  }

  #begin({ [":status"]: status, ...headers }: OutgoingHttpHeaders): void {
    if (this.#caller.headersSent || this.#caller.closed) return;
    this.#caller.once("wantTrailers", () => {
      this.#caller.sendTrailers(this.#trailers);
    });
    this.#caller.respond({ ":status": status, ...headers }, { waitForTrailers: true });
  }
}
