import { frameFlag, frameType, http2Error } from "./frame-types.js";
import type { FrameWriter } from "./frame-writer.js";
import type { HeaderField } from "./hpack/header-decoder.js";

/** How a stream ended before its time: by itself, or with its connection. */
export type StreamFailure =
  | { readonly kind: "reset"; readonly code: number }
  | {
      readonly kind: "lost";
      readonly reason: string;
      /** Whether the other side certainly did nothing of it. */
      readonly isUnsent: boolean;
    };

/** Who hears of a stream. After `isEnd` or a failure it hears nothing more. */
export interface StreamListener {
  /** Headers, or the trailers. */
  onHeaders(fields: readonly HeaderField[], isEnd: boolean): void;
  /** Part of the body; the bytes are only there during the call. */
  onData(bytes: Buffer, isEnd: boolean): void;
  /** All that was given to `send()` is on its way. */
  onDrain(): void;
  onFailure(failure: StreamFailure): void;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly writer: FrameWriter;
  /** What may be sent on all streams before the other side grants more, in bytes. */
  sendWindow: number;
  readonly maxFrameBytes: number;
  /** Resumes the stream when {@link sendWindow} has grown, or the socket has taken what waits for it. */
  waitForRoom(stream: Http2Stream): void;
  /** The stream is over for this side. */
  forget(stream: Http2Stream): void;
}

/** One request and its answer. */
export class Http2Stream {
  /** 0 until the connection lets it begin. */
  id = 0;
  /** What may be sent on it before the other side grants more, in bytes. */
  sendWindow = 0;
  /** What was received and not yet granted again, in bytes. */
  uncredited = 0;
  readonly head: readonly Buffer[];
  readonly listener: StreamListener;
  readonly #owner: StreamOwner;
  readonly #queue: Uint8Array[] = [];
  #isEnding = false;
  #hasSentEnd = false;
  #isOver = false;

  constructor(owner: StreamOwner, head: readonly Buffer[], listener: StreamListener) {
    this.#owner = owner;
    this.head = head;
    this.listener = listener;
  }

  /** Whether all of the request was sent. */
  get hasSentEnd(): boolean {
    return this.#hasSentEnd;
  }

  /** Sends part of the body, which must not change any more; `isEnd` with the last. Gives whether there is room for more. */
  send(bytes: Uint8Array | undefined, isEnd: boolean): boolean {
    if (this.#isOver) return true;
    if (bytes !== undefined) this.#queue.push(bytes);
    this.#isEnding ||= isEnd;
    if (this.id !== 0) this.pump();
    return this.#queue.length === 0;
  }

  /** Sends as much of what waits as the windows allow. */
  pump(): void {
    const { writer, maxFrameBytes } = this.#owner;
    const queue = this.#queue;
    for (let piece = queue[0]; piece !== undefined; piece = queue[0]) {
      const size = Math.min(piece.length, this.sendWindow, this.#owner.sendWindow, maxFrameBytes);
      if (writer.isFull || (size <= 0 && piece.length > 0)) {
        // More for this stream alone comes to it by itself.
        if (writer.isFull || this.#owner.sendWindow <= 0) this.#owner.waitForRoom(this);
        return;
      }
      const isWhole = size === piece.length;
      if (isWhole) queue.shift();
      else queue[0] = piece.subarray(size);
      this.#hasSentEnd = this.#isEnding && queue.length === 0;
      writer.frame(frameType.data, this.#hasSentEnd ? frameFlag.endStream : 0, this.id, size);
      writer.bytes(isWhole ? piece : piece.subarray(0, size));
      this.sendWindow -= size;
      this.#owner.sendWindow -= size;
    }
    if (this.#isEnding && !this.#hasSentEnd) {
      this.#hasSentEnd = true;
      writer.frame(frameType.data, frameFlag.endStream, this.id, 0);
    }
  }

  /** More may be sent; tells the listener when nothing waits any more. */
  resume(): void {
    const hadWaiting = this.#queue.length > 0;
    this.pump();
    if (hadWaiting && this.#queue.length === 0) this.listener.onDrain();
  }

  /** Lets the other side send as much again as was received so far. */
  credit(): void {
    const { uncredited } = this;
    this.uncredited = 0;
    if (this.#isOver || uncredited === 0) return;
    this.#owner.writer.frame(frameType.windowUpdate, 0, this.id, 4);
    this.#owner.writer.uint32(uncredited);
  }

  /** Ends the stream from this side; its listener hears nothing more. */
  cancel(code: number = http2Error.cancel): void {
    if (this.#isOver) return;
    this.over();
    if (this.id !== 0) {
      this.#owner.writer.frame(frameType.resetStream, 0, this.id, 4);
      this.#owner.writer.uint32(code);
    }
    this.#owner.forget(this);
  }

  /** Notes that nothing more is to be sent. */
  over(): void {
    this.#isOver = true;
    this.#queue.length = 0;
  }
}
