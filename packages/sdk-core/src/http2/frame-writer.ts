import type { Socket } from "node:net";
import { frameHeaderBytes } from "./frame-types.js";

/** Small frames are put together in pieces of memory of this size. */
const slabBytes = 64 * 1024;

/** Payloads from this size on are sent from where they are. */
const copyLimitBytes = 8 * 1024;

/** While more bytes than these wait for the socket, bodies wait with their streams. */
const fullBytes = 256 * 1024;

/** Writes frames to a socket: all of one turn of the event loop go out in one write. */
export class FrameWriter {
  readonly #socket: Socket;
  #slab = Buffer.allocUnsafeSlow(slabBytes);
  /** What lies between the two is not sent yet. */
  #start = 0;
  #end = 0;
  /** What is sent before that. */
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #isScheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Whether the socket is behind; it emits `drain` when it is not any more. */
  get isFull(): boolean {
    return this.#socket.writableLength + this.#pieceBytes + this.#end - this.#start > fullBytes;
  }

  /** Begins a frame; its payload follows by {@link bytes} and {@link uint32}. */
  frame(type: number, flags: number, streamId: number, payloadBytes: number): void {
    this.#reserve(frameHeaderBytes);
    const slab = this.#slab;
    const at = this.#end;
    slab[at] = payloadBytes >>> 16;
    slab[at + 1] = payloadBytes >>> 8;
    slab[at + 2] = payloadBytes;
    slab[at + 3] = type;
    slab[at + 4] = flags;
    slab[at + 5] = streamId >>> 24;
    slab[at + 6] = streamId >>> 16;
    slab[at + 7] = streamId >>> 8;
    slab[at + 8] = streamId;
    this.#end = at + frameHeaderBytes;
  }

  /** Writes bytes, which must not change any more. */
  bytes(bytes: Uint8Array): void {
    if (bytes.length >= copyLimitBytes) {
      this.#cut();
      this.#pieces.push(bytes);
      this.#pieceBytes += bytes.length;
      this.#schedule();
      return;
    }
    this.#reserve(bytes.length);
    this.#slab.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#slab[this.#end++] = value;
  }

  uint16(value: number): void {
    this.uint8(value >>> 8);
    this.uint8(value);
  }

  uint32(value: number): void {
    this.#reserve(4);
    const slab = this.#slab;
    const at = this.#end;
    slab[at] = value >>> 24;
    slab[at + 1] = value >>> 16;
    slab[at + 2] = value >>> 8;
    slab[at + 3] = value;
    this.#end = at + 4;
  }

  /** Sends what was written. */
  flush(): void {
    this.#cut();
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    this.#pieceBytes = 0;
    if (this.#socket.destroyed) return;
    const [first] = pieces;
    if (pieces.length === 1 && first !== undefined) {
      this.#socket.write(first);
      return;
    }
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    this.#socket.uncork();
  }

  /** Makes room in the slab; the bytes of a slab are never written twice, as the socket may still hold them. */
  #reserve(bytes: number): void {
    if (this.#end + bytes > slabBytes) {
      this.#cut();
      this.#slab = Buffer.allocUnsafeSlow(slabBytes);
      this.#start = 0;
      this.#end = 0;
    }
    this.#schedule();
  }

  #cut(): void {
    if (this.#end === this.#start) return;
    this.#pieces.push(this.#slab.subarray(this.#start, this.#end));
    this.#pieceBytes += this.#end - this.#start;
    this.#start = this.#end;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // After the microtasks: calls that go on at the reply of others are sent with them.
    process.nextTick(this.#sendTurn);
  }

  readonly #sendTurn = (): void => {
    this.#isScheduled = false;
    this.flush();
  };
}
