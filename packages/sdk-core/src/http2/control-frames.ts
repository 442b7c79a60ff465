import {
  defaultWindowBytes,
  frameType,
  http2Error,
  Http2ProtocolError,
  http2Setting,
  maxWindowBytes,
} from "./frame-types.js";
import type { FrameWriter } from "./frame-writer.js";

/** What every client of HTTP/2 says first. */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** What a client grants, in bytes. */
export interface Grants {
  /** How much one stream may be sent before it is read. */
  readonly streamWindowBytes: number;
  /** The same for all streams together. */
  readonly connectionWindowBytes: number;
  /** Largest headers of one message, by HPACK's count. */
  readonly maxHeaderListBytes: number;
}

/** Begins a connection: the preface, the settings, the window of the connection. */
export function writeHello(writer: FrameWriter, grants: Grants): void {
  const settings = [
    [http2Setting.enablePush, 0],
    [http2Setting.initialWindowSize, grants.streamWindowBytes],
    [http2Setting.maxHeaderListSize, grants.maxHeaderListBytes],
  ] as const;
  writer.bytes(preface);
  writer.frame(frameType.settings, 0, 0, settings.length * 6);
  for (const [id, value] of settings) {
    writer.uint16(id);
    writer.uint32(value);
  }
  writeConnectionGrant(writer, grants.connectionWindowBytes - defaultWindowBytes);
}

/** Lets the other side send so many bytes more, on all streams together. */
export function writeConnectionGrant(writer: FrameWriter, bytes: number): void {
  writer.frame(frameType.windowUpdate, 0, 0, 4);
  writer.uint32(bytes);
}

/** Asks whether the other side is there, or answers that. */
export function writePing(writer: FrameWriter, flags: number, payload: Buffer): void {
  writer.frame(frameType.ping, flags, 0, 8);
  writer.bytes(payload);
}

/** Says that the connection ends, and sends what was written. @param code - one of {@link http2Error} */
export function writeGoAway(writer: FrameWriter, code: number): void {
  writer.frame(frameType.goAway, 0, 0, 8);
  // No stream of the other side's was ever taken.
  writer.uint32(0);
  writer.uint32(code);
  writer.flush();
}

/** The number at the beginning of a payload. @throws Http2ProtocolError for one that is too short */
export function uint32Of(payload: Buffer, leastBytes: number): number {
  if (payload.length < leastBytes) throw new Http2ProtocolError(http2Error.frameSize, "A frame is too short");
  return payload.readUInt32BE(0);
}

/** The payload. @throws Http2ProtocolError if it has another size */
export function exactly(payload: Buffer, bytes: number): Buffer {
  if (payload.length !== bytes) throw new Http2ProtocolError(http2Error.frameSize, "A frame has the wrong size");
  return payload;
}

/** A window with what it grows by. @throws Http2ProtocolError for one that would be too large */
export function grownWindow(window: number, bytes: number): number {
  if (window + bytes > maxWindowBytes) throw new Http2ProtocolError(http2Error.flowControl, "A window grew too large");
  return window + bytes;
}
