import { MechaError } from "@mecha/spec";

/**
 * What goes over a socket between two processes of a machine. A frame is
 *
 * | bytes | what |
 * |---|---|
 * | 4 | length of all that follows |
 * | 1 | kind |
 * | 4 | number of the call; 0 where no call is meant |
 * | 4 | length of the header |
 * | … | header, JSON: all of an invocation but its data |
 * | … | body: the data |
 *
 * Numbers are unsigned and big-endian. A connection begins with a `hello` of the caller.
 */
export interface PeerFrame {
  readonly kind: PeerFrameKind;
  readonly call: number;
  readonly header: unknown;
  readonly body: Uint8Array;
}

/** What a frame means. */
export const PeerFrameKind = {
  /** Caller: this is who I am and which version I speak. */
  hello: 1,
  /** Caller: an invocation. */
  call: 2,
  /** Caller: nobody waits for this call any more. */
  cancel: 3,
  /** App: the result. */
  reply: 4,
  /** App: the error. */
  failure: 5,
  /** App: no more calls on this connection; those under way will be answered. */
  goAway: 6,
} as const;

/** One of the kinds. */
export type PeerFrameKind = (typeof PeerFrameKind)[keyof typeof PeerFrameKind];

/** Version of the frames and of what is in them. */
export const peerProtocolVersion = 3;

const prefixBytes = 4;
const fixedBytes = 9;
/** Room for kind, call and header beside the largest body. */
const headerAllowance = 64 * 1024;

const noBody = new Uint8Array();

/** Writes a frame. An absent header is no bytes at all. */
export function encodePeerFrame({
  kind,
  call,
  header,
  body = noBody,
}: Omit<PeerFrame, "body"> & { readonly body?: Uint8Array }): Buffer {
  const json = header === undefined ? "" : JSON.stringify(header);
  const headerBytes = Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(prefixBytes + fixedBytes + headerBytes + body.length);
  frame.writeUInt32BE(frame.length - prefixBytes, 0);
  frame[4] = kind;
  frame.writeUInt32BE(call, 5);
  frame.writeUInt32BE(headerBytes, 9);
  frame.write(json, 13, "utf8");
  frame.set(body, 13 + headerBytes);
  return frame;
}

/** Whether the other side takes a frame: the limit is that of a body; what is beside it has some room of its own. */
export function isWithinLimit(frame: Buffer, maxMessageBytes: number): boolean {
  return frame.length - prefixBytes <= maxMessageBytes + headerAllowance;
}

/** Cuts what arrives on a socket into frames. */
export class PeerFrameReader {
  readonly #maximum: number;
  #pending: Buffer | undefined;

  /** @param maxMessageBytes - largest body */
  constructor(maxMessageBytes: number) {
    this.#maximum = maxMessageBytes + headerAllowance;
  }

  /**
   * Takes a chunk and hands out the frames that are complete with it.
   *
   * @throws MechaError `DATA_LOSS` for bytes that are no frames: the connection is of no use then
   */
  read(chunk: Buffer, take: (frame: PeerFrame) => void): void {
    let bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = undefined;
    while (bytes.length >= prefixBytes) {
      const length = bytes.readUInt32BE(0);
      if (length < fixedBytes || length > this.#maximum) throw malformed(`a frame of ${String(length)} bytes`);
      const end = prefixBytes + length;
      if (bytes.length < end) break;
      take(decode(bytes.subarray(prefixBytes, end)));
      bytes = bytes.subarray(end);
    }
    if (bytes.length > 0) this.#pending = bytes;
  }
}

const kinds = new Set<number>(Object.values(PeerFrameKind));

function decode(frame: Buffer): PeerFrame {
  const kind = frame[0] ?? 0;
  const headerBytes = frame.readUInt32BE(5);
  if (!kinds.has(kind)) throw malformed(`a frame of kind ${String(kind)}`);
  if (fixedBytes + headerBytes > frame.length) throw malformed(`a header of ${String(headerBytes)} bytes`);
  const body = frame.subarray(fixedBytes + headerBytes);
  // The set holds just the numbers of the type.
  return { kind: kind as PeerFrameKind, call: frame.readUInt32BE(1), header: headerOf(frame, headerBytes), body };
}

function headerOf(frame: Buffer, length: number): unknown {
  if (length === 0) return undefined;
  try {
    return JSON.parse(frame.toString("utf8", fixedBytes, fixedBytes + length)) as unknown;
  } catch {
    throw malformed("a header that is no JSON");
  }
}

/** The error for bytes that are not what they should be; a connection that carries such is of no use. */
export function malformed(what: string): MechaError {
  return new MechaError(
    "DATA_LOSS",
    `Another process of this machine sent ${what}, which is not Mecha's protocol between instances`,
  );
}
