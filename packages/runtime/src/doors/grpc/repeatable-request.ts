import type { ClientHttp2Stream, ServerHttp2Stream } from "node:http2";
import { MechaError } from "@mecha/spec";
import { frameHeaderBytes, MessageCounter } from "./message-counter.js";

/**
 * The request of a call that may have to be made again: its one message is kept. As in daprd, a second one cannot be, since a
 * stream would have to be kept whole.
 */
export class RepeatableRequest {
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #isWhole = false;
  #failure: MechaError | undefined;
  #target: ClientHttp2Stream | undefined;

  constructor(caller: ServerHttp2Stream, maxMessageBytes: number) {
    const messages = new MessageCounter();
    caller.on("data", (piece: Buffer) => {
      this.#bytes += piece.length;
      if (messages.add(piece) > 1) this.#fail(streamed());
      else if (this.#bytes > maxMessageBytes + frameHeaderBytes) this.#fail(tooLarge(maxMessageBytes));
      if (this.#failure !== undefined) return;
      this.#pieces.push(piece);
      this.#target?.write(piece);
    });
    caller.once("end", () => {
      this.#isWhole = true;
      this.#target?.end();
    });
  }

  /** Why the call cannot be made, nor made again; `undefined` if it can. */
  get failure(): MechaError | undefined {
    return this.#failure;
  }

  /** Sends what there is, and what comes, to this and no longer to an earlier one. A request that fails breaks it off. */
  sendTo(target: ClientHttp2Stream): void {
    this.#target = target;
    if (this.#failure !== undefined) target.destroy(this.#failure);
    for (const piece of this.#pieces) target.write(piece);
    if (this.#isWhole) target.end();
  }

  #fail(failure: MechaError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#pieces.length = 0;
    this.#target?.destroy(failure);
  }
}

function streamed(): MechaError {
  return new MechaError(
    "FAILED_PRECONDITION",
    "cannot use resiliency policies with retries on streaming RPCs: send the metadata dapr-stream: true with such calls",
    { operation: "invocation.grpc" },
  );
}

function tooLarge(limit: number): MechaError {
  return new MechaError(
    "RESOURCE_EXHAUSTED",
    `A request that is to be sent again after a failure is larger than the limit of ${String(limit)} bytes`,
    { operation: "invocation.grpc" },
  );
}
