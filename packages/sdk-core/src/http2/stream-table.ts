import { http2Error, Http2ProtocolError } from "./frame-types.js";
import type { Http2Stream } from "./http2-stream.js";

/** The largest number that a stream can have. */
export const lastStreamId = 2 ** 31 - 1;

/** The streams of a client's connection: those under way, those that may not begin yet, those that wait for room. */
export class StreamTable {
  readonly #open = new Map<number, Http2Stream>();
  readonly #waiting = new Set<Http2Stream>();
  /** Those that have more to send than the connection's window allows, or the socket takes. */
  readonly #stalled = new Set<Http2Stream>();
  #nextId = 1;

  /** How many are under way. */
  get openCount(): number {
    return this.#open.size;
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Whether there are numbers left for further streams. */
  get hasNumbers(): boolean {
    return this.#nextId <= lastStreamId;
  }

  /** Lets a stream begin: gives it its number. */
  open(stream: Http2Stream): void {
    stream.id = this.#nextId;
    this.#nextId += 2;
    this.#open.set(stream.id, stream);
  }

  /** Keeps a stream that may not begin yet. */
  wait(stream: Http2Stream): void {
    this.#waiting.add(stream);
  }

  /** Takes the streams that may begin out of those that wait. */
  *takeWaiting(mayBegin: () => boolean): Generator<Http2Stream, void> {
    for (const stream of this.#waiting) {
      if (!mayBegin()) return;
      this.#waiting.delete(stream);
      yield stream;
    }
  }

  /** Keeps a stream that has more to send than there is room for. */
  stall(stream: Http2Stream): void {
    this.#stalled.add(stream);
  }

  /** There is room again. */
  resumeStalled(): void {
    if (this.#stalled.size === 0) return;
    const stalled = [...this.#stalled];
    this.#stalled.clear();
    for (const stream of stalled) stream.resume();
  }

  /** Every stream under way may send so many bytes more. */
  grow(bytes: number): void {
    for (const stream of this.#open.values()) {
      stream.sendWindow += bytes;
      stream.resume();
    }
  }

  /**
   * The stream, or `undefined` for one that was given up.
   *
   * @throws Http2ProtocolError for one that never was.
   */
  find(id: number): Http2Stream | undefined {
    const stream = this.#open.get(id);
    if (stream === undefined && (id % 2 === 0 || id >= this.#nextId)) {
      throw new Http2ProtocolError(http2Error.protocol, `There is no stream ${String(id)}`);
    }
    return stream;
  }

  /** Those under way whose number is higher, all of them by default, but for those that are removed meanwhile. */
  *opened(after = 0): Generator<Http2Stream, void> {
    for (const stream of this.#open.values()) if (stream.id > after) yield stream;
  }

  /** Those that never began, likewise. */
  waiting(): Iterable<Http2Stream> {
    return this.#waiting;
  }

  remove(stream: Http2Stream): void {
    this.#waiting.delete(stream);
    this.#stalled.delete(stream);
    this.#open.delete(stream.id);
  }
}
