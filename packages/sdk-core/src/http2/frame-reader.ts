import {
  defaultMaxFrameBytes,
  frameFlag,
  frameHeaderBytes,
  frameType,
  http2Error,
  Http2ProtocolError,
} from "./frame-types.js";

/** Who hears of the frames of a connection. */
export interface FrameSink {
  /** A whole frame of any type but DATA without padding. */
  onFrame(type: number, flags: number, streamId: number, payload: Buffer): void;
  /** A part of a DATA frame, which may be empty; `isEnd` with the last part of the last frame of a stream. */
  onData(streamId: number, bytes: Buffer, isEnd: boolean): void;
}

const nothing = Buffer.alloc(0);

/** Cuts what a connection receives into frames; the payload of DATA goes on in the pieces in which it comes. */
export class FrameReader {
  readonly #sink: FrameSink;
  /** The beginning of a frame of which not all is there. It is put together once, however small its pieces are. */
  #pieces: Buffer[] = [];
  #received = 0;
  #needed = frameHeaderBytes;
  /** The DATA frame that is being received: of which stream, how much is missing, whether it ends the stream. */
  #dataStreamId = 0;
  #dataMissing = 0;
  #dataEnds = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /**
   * Takes what was received.
   *
   * @throws Http2ProtocolError for a frame that is too large.
   */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#received > 0) {
      this.#pieces.push(chunk);
      this.#received += chunk.length;
      if (this.#received < this.#needed) return;
      bytes = Buffer.concat(this.#pieces, this.#received);
      this.#pieces = [];
      this.#received = 0;
    }
    const rest = this.#read(bytes);
    if (rest === bytes.length) return;
    this.#pieces = [rest === 0 ? bytes : bytes.subarray(rest)];
    this.#received = bytes.length - rest;
  }

  /** Reads all whole frames; gives where the first that is not whole begins. */
  #read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length) {
      if (this.#dataMissing > 0) {
        at = this.#passData(bytes, at);
        continue;
      }
      this.#needed = frameHeaderBytes;
      if (bytes.length - at < frameHeaderBytes) return at;
      const length = bytes.readUIntBE(at, 3);
      const type = bytes[at + 3] ?? 0;
      const flags = bytes[at + 4] ?? 0;
      const streamId = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      if (length > defaultMaxFrameBytes) {
        throw new Http2ProtocolError(
          http2Error.frameSize,
          `A frame has ${String(length)} bytes, more than the ${String(defaultMaxFrameBytes)} that were agreed`,
        );
      }
      if (type === frameType.data && (flags & frameFlag.padded) === 0) {
        this.#beginData(streamId, length, (flags & frameFlag.endStream) !== 0);
        at += frameHeaderBytes;
        continue;
      }
      const end = at + frameHeaderBytes + length;
      if (end > bytes.length) {
        this.#needed = frameHeaderBytes + length;
        return at;
      }
      this.#sink.onFrame(type, flags, streamId, bytes.subarray(at + frameHeaderBytes, end));
      at = end;
    }
    return at;
  }

  #beginData(streamId: number, length: number, isEnd: boolean): void {
    this.#dataStreamId = streamId;
    this.#dataMissing = length;
    this.#dataEnds = isEnd;
    if (length === 0) this.#sink.onData(streamId, nothing, isEnd);
  }

  #passData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#dataMissing);
    this.#dataMissing -= end - at;
    const isLast = this.#dataMissing === 0;
    this.#sink.onData(this.#dataStreamId, bytes.subarray(at, end), isLast && this.#dataEnds);
    return end;
  }
}
