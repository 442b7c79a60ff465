import type { FrameWriter } from "./frame-writer.js";
import { frameFlag, frameType, http2Error, Http2ProtocolError } from "./frame-types.js";
import { HeaderDecoder, type HeaderField } from "./hpack/header-decoder.js";
import type { Http2Stream } from "./http2-stream.js";

/** Headers that were received whole. */
export interface HeaderBlock {
  readonly streamId: number;
  readonly fields: readonly HeaderField[];
  /** Whether nothing follows on the stream. */
  readonly isEnd: boolean;
}

/** Bytes of a HEADERS frame's priority, which nobody heeds any more. */
const priorityBytes = 5;

/** Headers on one connection, which may be cut into several frames. */
export class HeaderBlocks {
  readonly #decoder: HeaderDecoder;
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #streamId = 0;
  #isEnd = false;

  /**
   * @param maxBytes - largest headers of one message, on the wire and by HPACK's count
   */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#decoder = new HeaderDecoder(maxBytes);
  }

  /** @throws Http2ProtocolError if a block has begun whose end is missing: no other frame may come before that. */
  refuseOpen(): void {
    if (this.#streamId !== 0)
      throw new Http2ProtocolError(http2Error.protocol, "Headers were interrupted by another frame");
  }

  /** Takes a HEADERS or CONTINUATION frame; gives the headers when all are there. */
  add(type: number, flags: number, streamId: number, payload: Buffer): HeaderBlock | undefined {
    let piece = payload;
    if (type === frameType.headers) {
      if (streamId === 0) throw new Http2ProtocolError(http2Error.protocol, "Headers belong to no stream");
      piece = withoutPadding(flags, payload);
      this.#streamId = streamId;
      this.#isEnd = (flags & frameFlag.endStream) !== 0;
    } else if (streamId !== this.#streamId || streamId === 0) {
      throw new Http2ProtocolError(http2Error.protocol, "Headers go on that did not begin");
    }
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes) {
      throw new Http2ProtocolError(http2Error.enhanceYourCalm, "The headers of one message are too large");
    }
    const hasEnd = (flags & frameFlag.endHeaders) !== 0;
    if (!hasEnd || this.#pieces.length > 0) this.#pieces.push(piece);
    if (!hasEnd) return undefined;
    const block = this.#pieces.length === 0 ? piece : Buffer.concat(this.#pieces, this.#bytes);
    this.#pieces = [];
    this.#bytes = 0;
    this.#streamId = 0;
    return { streamId, fields: this.#decoder.decode(block), isEnd: this.#isEnd };
  }

  /** Writes the headers with which a stream begins. */
  write(writer: FrameWriter, { id, head }: Http2Stream, maxFrameBytes: number): void {
    let bytes = 0;
    for (const piece of head) bytes += piece.length;
    if (bytes <= maxFrameBytes) {
      writer.frame(frameType.headers, frameFlag.endHeaders, id, bytes);
      for (const piece of head) writer.bytes(piece);
      return;
    }
    const whole = Buffer.concat(head, bytes);
    for (let at = 0; at < bytes; at += maxFrameBytes) {
      const piece = whole.subarray(at, at + maxFrameBytes);
      const flags = at + piece.length === bytes ? frameFlag.endHeaders : 0;
      writer.frame(at === 0 ? frameType.headers : frameType.continuation, flags, id, piece.length);
      writer.bytes(piece);
    }
  }
}

function withoutPadding(flags: number, payload: Buffer): Buffer {
  const isPadded = (flags & frameFlag.padded) !== 0;
  const start = (isPadded ? 1 : 0) + ((flags & frameFlag.priority) === 0 ? 0 : priorityBytes);
  const end = payload.length - (isPadded ? (payload[0] ?? 0) : 0);
  if (end < start) throw new Http2ProtocolError(http2Error.protocol, "Padding is longer than its frame");
  return start === 0 && end === payload.length ? payload : payload.subarray(start, end);
}
