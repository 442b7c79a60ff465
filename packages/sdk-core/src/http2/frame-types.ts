/** Types of HTTP/2 frames (RFC 9113, section 6). */
export const frameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of HTTP/2 frames; what a bit says depends on the type. */
export const frameFlag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** Why a stream or a connection was ended (RFC 9113, section 7). */
export const http2Error = {
  none: 0,
  protocol: 1,
  flowControl: 3,
  frameSize: 6,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
  enhanceYourCalm: 11,
  inadequateSecurity: 12,
} as const;

/** Numbers of the settings that are read or sent here (RFC 9113, section 6.5.2). */
export const http2Setting = {
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** Bytes before the payload of every frame. */
export const frameHeaderBytes = 9;

/** Largest payload of a frame where nothing else was agreed, in bytes. */
export const defaultMaxFrameBytes = 16_384;

/** What may be sent before the other side grants more, where nothing else was agreed, in bytes. */
export const defaultWindowBytes = 65_535;

/** Largest flow-control window. */
export const maxWindowBytes = 2 ** 31 - 1;

/** The other side broke the rules of HTTP/2, so that its connection cannot be read any further. */
export class Http2ProtocolError extends Error {
  override readonly name = "Http2ProtocolError";
  /** One of {@link http2Error}. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
