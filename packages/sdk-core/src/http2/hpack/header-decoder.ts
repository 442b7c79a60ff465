import { http2Error, Http2ProtocolError } from "../frame-types.js";
import { decodeHuffman } from "./huffman.js";
import { staticTable } from "./static-table.js";

/** A header: its name in lower case, its value as Latin-1. */
export type HeaderField = readonly [name: string, value: string];

/** What HPACK counts for a header in the table beside its bytes. */
const fieldOverheadBytes = 32;

/** Size of the dynamic table: what HTTP/2 begins with, and never raised here. */
const tableBytes = 4096;

/**
 * Reads the header blocks of one connection (HPACK, RFC 7541). Each block must be read, in their order, whether anybody wants it or
 * not: they share a table.
 */
export class HeaderDecoder {
  readonly #maxListBytes: number;
  /** The dynamic table; the newest last. */
  readonly #recent: HeaderField[] = [];
  #recentBytes = 0;
  #limitBytes = tableBytes;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /**
   * @param maxListBytes - largest sum of names, values and 32 for each: few bytes can stand for many
   */
  constructor(maxListBytes: number) {
    this.#maxListBytes = maxListBytes;
  }

  /**
   * Reads a block.
   *
   * @throws Http2ProtocolError for what is no HPACK, or more than the limit.
   */
  decode(block: Buffer): readonly HeaderField[] {
    this.#block = block;
    this.#at = 0;
    const fields: HeaderField[] = [];
    let listBytes = 0;
    while (this.#at < block.length) {
      const first = block[this.#at] ?? 0;
      if ((first & 0xe0) === 0x20) {
        if (fields.length > 0) throw invalid("a change of the table's size after the first header");
        this.#resize(this.#integer(5));
        continue;
      }
      const field = this.#field(first);
      listBytes += sizeOf(field);
      if (listBytes > this.#maxListBytes) {
        throw new Http2ProtocolError(
          http2Error.enhanceYourCalm,
          `The headers of one message have more than ${String(this.#maxListBytes)} bytes`,
        );
      }
      fields.push(field);
    }
    return fields;
  }

  #field(first: number): HeaderField {
    if (first >= 0x80) return this.#indexed(this.#integer(7));
    const isRemembered = (first & 0xc0) === 0x40;
    const nameIndex = this.#integer(isRemembered ? 6 : 4);
    const name = nameIndex === 0 ? this.#string() : this.#indexed(nameIndex)[0];
    const field: HeaderField = [name, this.#string()];
    if (isRemembered) this.#remember(field);
    return field;
  }

  #indexed(index: number): HeaderField {
    const field =
      index <= staticTable.length
        ? staticTable[index - 1]
        : this.#recent[this.#recent.length - (index - staticTable.length)];
    if (field === undefined) throw invalid(`the index ${String(index)}, which is not in the table`);
    return field;
  }

  #remember(field: HeaderField): void {
    this.#recent.push(field);
    this.#recentBytes += sizeOf(field);
    this.#evict();
  }

  #resize(bytes: number): void {
    if (bytes > tableBytes) throw invalid(`a table of ${String(bytes)} bytes, more than was offered`);
    this.#limitBytes = bytes;
    this.#evict();
  }

  #evict(): void {
    while (this.#recentBytes > this.#limitBytes) {
      const oldest = this.#recent.shift();
      if (oldest === undefined) return;
      this.#recentBytes -= sizeOf(oldest);
    }
  }

  #integer(prefixBits: number): number {
    const most = (1 << prefixBits) - 1;
    let value = this.#byte() & most;
    if (value < most) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw invalid("a number that is too large");
  }

  #string(): string {
    const isHuffman = (this.#block[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#block.length) throw invalid("a string that is cut off");
    this.#at = end;
    return isHuffman ? decodeHuffman(this.#block, start, end) : this.#block.toString("latin1", start, end);
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw invalid("its end within a header");
    return byte;
  }
}

function sizeOf([name, value]: HeaderField): number {
  return name.length + value.length + fieldOverheadBytes;
}

function invalid(what: string): Http2ProtocolError {
  return new Http2ProtocolError(http2Error.compression, `A block of headers has ${what}`);
}
