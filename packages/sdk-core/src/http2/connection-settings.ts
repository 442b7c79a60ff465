import {
  defaultMaxFrameBytes,
  defaultWindowBytes,
  http2Error,
  Http2ProtocolError,
  http2Setting,
  maxWindowBytes,
} from "./frame-types.js";

/** What the other side of a connection asks for. */
export class ConnectionSettings {
  /** Streams that may be open at once. */
  maxStreams = Number.POSITIVE_INFINITY;
  /** What may be sent on a new stream before more is granted, in bytes. */
  initialWindowBytes = defaultWindowBytes;
  /** Largest payload of a frame, in bytes. */
  maxFrameBytes = defaultMaxFrameBytes;

  /**
   * Reads the payload of a SETTINGS frame.
   *
   * @returns by how much the windows of open streams grow (or shrink), in bytes
   * @throws Http2ProtocolError for values that HTTP/2 forbids.
   */
  apply(payload: Buffer): number {
    if (payload.length % 6 !== 0) throw new Http2ProtocolError(http2Error.frameSize, "Settings are cut off");
    const before = this.initialWindowBytes;
    for (let at = 0; at < payload.length; at += 6) this.#set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
    return this.initialWindowBytes - before;
  }

  #set(id: number, value: number): void {
    if (id === http2Setting.maxConcurrentStreams) this.maxStreams = value;
    else if (id === http2Setting.initialWindowSize) {
      if (value > maxWindowBytes) throw new Http2ProtocolError(http2Error.flowControl, "A window is too large");
      this.initialWindowBytes = value;
    } else if (id === http2Setting.maxFrameSize) {
      if (value < defaultMaxFrameBytes || value >= 2 ** 24) {
        throw new Http2ProtocolError(http2Error.protocol, `Frames of ${String(value)} bytes cannot be agreed`);
      }
      this.maxFrameBytes = value;
    }
  }
}
