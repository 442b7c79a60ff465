import { MechaError } from "@mecha/spec";
import { frameLength, prefixBytes } from "./frame.js";

/** Cuts what a call receives into messages, as it comes. The bytes of a message are only there while it is handed over. */
export class MessageReader {
  readonly #maximumBytes: number;
  readonly #onMessage: (message: Buffer) => void;
  /** The beginning of a message of which not all is there. It is put together once, however small its pieces are. */
  #pieces: Buffer[] = [];
  #received = 0;
  #needed = prefixBytes;

  /**
   * @param maximumBytes - larger messages are refused
   */
  constructor(maximumBytes: number, onMessage: (message: Buffer) => void) {
    this.#maximumBytes = maximumBytes;
    this.#onMessage = onMessage;
  }

  /** Whether it is in the middle of a message. */
  get isWithinMessage(): boolean {
    return this.#received > 0;
  }

  /**
   * Takes what was received; it may be used again afterwards.
   *
   * @throws MechaError `UNIMPLEMENTED` for a compressed message, `RESOURCE_EXHAUSTED` for one that is too large.
   */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#received > 0) {
      this.#keep(chunk);
      if (this.#received < this.#needed) return;
      bytes = Buffer.concat(this.#pieces, this.#received);
      this.#pieces = [];
      this.#received = 0;
    }
    let at = 0;
    for (;;) {
      const length = frameLength(bytes, at, this.#maximumBytes);
      this.#needed = length ?? prefixBytes;
      if (length === undefined || bytes.length - at < length) break;
      this.#onMessage(bytes.subarray(at + prefixBytes, at + length));
      at += length;
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
  }

  /** @throws MechaError `INTERNAL` if the last message is not whole. */
  end(): void {
    if (this.isWithinMessage) {
      throw new MechaError("INTERNAL", "The gRPC stream ended in the middle of a message");
    }
  }

  #keep(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#received += bytes.length;
  }
}
