/** How many bytes of a frame of gRPC come before its message: a flag, and the length in four bytes. */
export const frameHeaderBytes = 5;

/** Counts the messages that begin in a stream of gRPC's frames, whatever the pieces are in which it comes. */
export class MessageCounter {
  readonly #header = Buffer.alloc(frameHeaderBytes);
  #headerBytes = 0;
  #messageBytes = 0;
  #count = 0;

  /** How many messages have begun up to and with this piece. */
  add(piece: Buffer): number {
    let at = 0;
    while (at < piece.length) {
      if (this.#messageBytes > 0) {
        const skipped = Math.min(this.#messageBytes, piece.length - at);
        this.#messageBytes -= skipped;
        at += skipped;
        continue;
      }
      const copied = piece.copy(this.#header, this.#headerBytes, at, at + frameHeaderBytes - this.#headerBytes);
      at += copied;
      this.#headerBytes += copied;
      if (this.#headerBytes < frameHeaderBytes) break;
      this.#headerBytes = 0;
      this.#messageBytes = this.#header.readUInt32BE(1);
      this.#count++;
    }
    return this.#count;
  }
}
