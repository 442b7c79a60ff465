import { MechaError } from "@mecha/spec";
import type { HeaderField } from "../http2/hpack/header-decoder.js";
import type { Http2Stream, StreamFailure, StreamListener } from "../http2/http2-stream.js";
import { streamWindowBytes } from "../http2/http2-connection.js";
import type { StreamMethod } from "../transport/method.js";
import type { CallEnding, Cancellable } from "./call-ending.js";
import { metadataOf } from "./call-metadata.js";
import { isGrpcAnswer, isInformational, statusOf, statusOfHttp } from "./call-status.js";
import type { Channel } from "./channel.js";
import { MessageReader } from "./message-reader.js";
import { decodeMessage, encodeMessage } from "./messages.js";
import { failureOf } from "./stream-failure.js";
import { fromGrpcStatus } from "./status.js";

/** What is sent, by which connection, and within which bounds. */
export interface StreamCallOptions<I, O> {
  readonly channel: Channel;
  readonly method: StreamMethod<I, O>;
  readonly requests: AsyncIterable<I>;
  readonly ending: CallEnding;
  readonly maximumBytes: number;
}

/** While so many replies wait for their reader, the other side is not asked for more. */
const mostWaiting = 16;

interface Reader<O> {
  resolve(result: IteratorResult<O, undefined>): void;
  reject(error: unknown): void;
}

/** The replies of a call that streams both ways; the call is made when the first is asked for. */
export class StreamedReplies<I, O> implements AsyncIterableIterator<O, undefined>, StreamListener, Cancellable {
  readonly #options: StreamCallOptions<I, O>;
  readonly #waiting: O[] = [];
  readonly #readers: Reader<O>[] = [];
  readonly #reader: MessageReader;
  #stream: Http2Stream | undefined;
  #stopSending: () => void = () => undefined;
  #onRoom: () => void = () => undefined;
  #hasBegun = false;
  #hasHeaders = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: StreamCallOptions<I, O>) {
    this.#options = options;
    this.#reader = new MessageReader(options.maximumBytes, this.#take);
  }

  next(): Promise<IteratorResult<O, undefined>> {
    if (this.#waiting.length > 0) {
      const value = this.#waiting.shift() as O;
      if (this.#waiting.length === 0) this.#stream?.credit();
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      if (!this.#hasBegun && !this.#isOver) this.#begin();
      if (this.#isOver) this.#settle(reader);
      else this.#readers.push(reader);
    });
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#waiting.length = 0;
    this.#failure = undefined;
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  cancel(): void {
    if (this.#hasBegun) this.#fail(this.#options.ending.reason);
  }

  onHeaders(fields: readonly HeaderField[], isEnd: boolean): void {
    try {
      const { call } = this.#options.ending;
      if (isEnd) this.#finish(fields);
      else if (!this.#hasHeaders && !isInformational(fields)) {
        if (!isGrpcAnswer(fields)) throw fromGrpcStatus(statusOfHttp(fields));
        this.#hasHeaders = true;
        call.onHeader?.(metadataOf(fields));
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  onData(bytes: Buffer, isEnd: boolean): void {
    try {
      this.#reader.push(bytes);
      if (isEnd) this.#finish([]);
      // A reader that has fallen behind grants more when it has caught up.
      else if (this.#waiting.length < mostWaiting && (this.#stream?.uncredited ?? 0) > streamWindowBytes / 4) {
        this.#stream?.credit();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  onDrain(): void {
    this.#onRoom();
  }

  onFailure(failure: StreamFailure): void {
    this.#fail(failureOf(failure, this.#options.channel));
  }

  #begin(): void {
    const { channel, method, requests, ending } = this.#options;
    this.#hasBegun = true;
    ending.start(this);
    if (this.#isOver) return;
    try {
      this.#stream = channel.open(method.path, ending.call.metadata, this);
    } catch (error) {
      this.#isOver = true;
      ending.stop();
      throw error;
    }
    this.#stopSending = this.#send(this.#stream, requests);
  }

  readonly #take = (message: Buffer): void => {
    if (this.#isOver) return;
    const reply = decodeMessage(this.#options.method.response, message);
    const reader = this.#readers.shift();
    if (reader === undefined) this.#waiting.push(reply);
    else reader.resolve({ done: false, value: reply });
  };

  #finish(fields: readonly HeaderField[]): void {
    const status = statusOf(fields);
    this.#options.ending.call.onTrailer?.(metadataOf(fields));
    if (status.code !== 0) throw fromGrpcStatus(status);
    this.#reader.end();
    this.#end();
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#failure = { error: MechaError.from(error, "The replies could not be read") };
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.ending.stop();
    this.#stream?.cancel();
    this.#stopSending();
    this.#onRoom();
    for (const reader of this.#readers.splice(0)) this.#settle(reader);
  }

  /** One reader hears of the failure, those after it of the end. */
  #settle(reader: Reader<O>): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(failure.error);
  }

  /** Sends requests as fast as the other side takes them. The result ends it. */
  #send(stream: Http2Stream, requests: AsyncIterable<I>): () => void {
    const iterator = requests[Symbol.asyncIterator]();
    const { method, maximumBytes, ending } = this.#options;
    const run = async (): Promise<void> => {
      try {
        for (let next = await iterator.next(); next.done !== true && !this.#isOver; next = await iterator.next()) {
          const frame = encodeMessage(method.request, next.value, maximumBytes);
          if (!stream.send(frame, false)) await new Promise<void>((resolve) => (this.#onRoom = resolve));
        }
        stream.send(undefined, true);
      } catch (thrown) {
        ending.end(MechaError.from(thrown, "The requests of the call could not be read"));
      }
    };
    void run();
    return () => {
      // A source that waits for its next item may end only after that; nobody waits for it.
      void iterator.return?.().catch(() => undefined);
    };
  }
}
