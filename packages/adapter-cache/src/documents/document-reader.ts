import { MechaError } from "@mecha/spec";

/** Reads what a `DocumentWriter` wrote. */
export class DocumentReader {
  readonly #buffer: Buffer;
  #position: number;

  constructor(buffer: Buffer, position: number) {
    this.#buffer = buffer;
    this.#position = position;
  }

  get done(): boolean {
    return this.#position >= this.#buffer.length;
  }

  count(): number {
    return this.#buffer.readUInt32BE(this.#advance(4) - 4);
  }

  /** Numbers after their number. */
  counts(): number[] {
    const length = this.count();
    const end = this.#advance(length * 4);
    const numbers: number[] = [];
    for (let at = end - length * 4; at < end; at += 4) numbers.push(this.#buffer.readUInt32BE(at));
    return numbers;
  }

  /** Doubles after their number. */
  doubles(): number[] {
    const length = this.count();
    const end = this.#advance(length * 8);
    const numbers: number[] = [];
    for (let at = end - length * 8; at < end; at += 8) numbers.push(this.#buffer.readDoubleBE(at));
    return numbers;
  }

  id(): bigint {
    const end = this.#advance(16);
    return (this.#buffer.readBigUInt64BE(end - 16) << 64n) | this.#buffer.readBigUInt64BE(end - 8);
  }

  double(): number {
    const end = this.#advance(8);
    return this.#buffer.readDoubleBE(end - 8);
  }

  bytes(): Buffer {
    const end = this.#member();
    return this.#buffer.subarray(end.start, end.stop);
  }

  text(): string {
    const { start, stop } = this.#member();
    return this.#buffer.toString("latin1", start, stop);
  }

  rest(): Buffer {
    return this.#buffer.subarray(this.#position);
  }

  #member(): { start: number; stop: number } {
    const start = this.#advance(4);
    const stop = this.#advance(this.#buffer.readUInt32BE(start - 4));
    return { start, stop };
  }

  #advance(bytes: number): number {
    this.#position += bytes;
    if (this.#position > this.#buffer.length) throw new MechaError("DATA_LOSS", "A cache document ends too early");
    return this.#position;
  }
}
