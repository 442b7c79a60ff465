/** Writes numbers and byte strings into a buffer that grows. */
export class DocumentWriter {
  #buffer: Buffer;
  #length = 0;

  /** @param size - how many bytes are expected */
  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  byte(value: number): void {
    this.#room(1);
    this.#buffer[this.#length++] = value;
  }

  /** A number of things. */
  count(value: number): void {
    this.#size(value);
  }

  /** Numbers of things, after their number. */
  counts(values: readonly number[]): void {
    this.#size(values.length);
    this.#room(values.length * 4);
    for (const value of values) this.#length = this.#buffer.writeUInt32BE(value, this.#length);
  }

  /** Doubles, after their number. */
  doubles(values: readonly number[]): void {
    this.#size(values.length);
    this.#room(values.length * 8);
    for (const value of values) this.#length = this.#buffer.writeDoubleBE(value, this.#length);
  }

  /** A number of 128 bits. */
  id(value: bigint): void {
    this.#room(16);
    this.#length = this.#buffer.writeBigUInt64BE(value >> 64n, this.#length);
    this.#length = this.#buffer.writeBigUInt64BE(BigInt.asUintN(64, value), this.#length);
  }

  double(value: number): void {
    this.#room(8);
    this.#length = this.#buffer.writeDoubleBE(value, this.#length);
  }

  /** Bytes as they are. */
  raw(bytes: Buffer): void {
    this.#room(bytes.length);
    this.#length += bytes.copy(this.#buffer, this.#length);
  }

  /** Bytes after their length. */
  bytes(bytes: Buffer): void {
    this.#size(bytes.length);
    this.raw(bytes);
  }

  /** Latin1 text after its length. */
  text(text: string): void {
    this.#size(text.length);
    this.#room(text.length);
    this.#length += this.#buffer.write(text, this.#length, "latin1");
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #size(length: number): void {
    this.#room(4);
    this.#length = this.#buffer.writeUInt32BE(length, this.#length);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
