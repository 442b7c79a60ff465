import type { ClientDuplexStream } from "@grpc/grpc-js";
import { MechaError } from "@mecha/spec";
import type { CallEnding } from "./call-ending.js";

/** How a call is made, and its errors read. */
export interface StreamCallOptions<I, O> {
  /** Makes the call; may throw. */
  readonly open: () => ClientDuplexStream<I, O>;
  readonly requests: AsyncIterable<I>;
  readonly ending: CallEnding;
  /** The error that a caller sees in place of grpc-js's. */
  readonly toError: (thrown: unknown) => unknown;
}

/** While so many replies wait for their reader, the other side is not asked for more. */
const mostWaiting = 16;

interface Reader<O> {
  resolve(result: IteratorResult<O, undefined>): void;
  reject(error: unknown): void;
}

/**
 * The replies of a call that streams both ways; the call is made when the first is asked for.
 *
 * An iterator of its own, not a generator over that of Node's streams: the two cost a busy subscription a third of its time.
 */
export class StreamedReplies<I, O> implements AsyncIterableIterator<O, undefined> {
  readonly #options: StreamCallOptions<I, O>;
  readonly #waiting: O[] = [];
  readonly #readers: Reader<O>[] = [];
  #stream: ClientDuplexStream<I, O> | undefined;
  #stopSending: () => void = () => undefined;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: StreamCallOptions<I, O>) {
    this.#options = options;
  }

  next(): Promise<IteratorResult<O, undefined>> {
    if (this.#waiting.length > 0) {
      const value = this.#waiting.shift() as O;
      if (this.#waiting.length === 0) this.#stream?.resume();
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      if (this.#stream === undefined && !this.#isOver) this.#begin();
      if (this.#isOver) this.#finish(reader);
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

  #begin(): void {
    const { requests, ending, toError } = this.#options;
    const stream = this.#open();
    stream.on("data", this.#take);
    stream.on("error", (error) => {
      if (this.#isOver) return;
      this.#failure ??= { error: ending.reason ?? toError(error) };
      // What came before the error is read before it, as far as grpc-js has handed it out.
      if (stream.readableLength === 0) this.#end();
      else stream.resume();
    });
    stream.on("end", () => {
      // An error of the call comes right after its end.
      process.nextTick(this.#end);
    });
    ending.start(() => {
      stream.cancel();
    });
    this.#stopSending = send(stream, requests, (thrown) => {
      ending.end(MechaError.from(thrown, "The requests of the call could not be read"));
    });
  }

  #open(): ClientDuplexStream<I, O> {
    try {
      return (this.#stream = this.#options.open());
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
  }

  readonly #take = (reply: O): void => {
    if (this.#isOver) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) reader.resolve({ done: false, value: reply });
    else if (this.#waiting.push(reply) >= mostWaiting) this.#stream?.pause();
  };

  readonly #end = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.ending.stop();
    this.#stream?.cancel();
    this.#stopSending();
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  };

  /** One reader hears of the failure, those after it of the end. */
  #finish(reader: Reader<O>): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(failure.error);
  }
}

/** Resolves when the other side takes more, or the stream is over. A long stream waits often: no listener stays. */
function hasRoom<I, O>(stream: ClientDuplexStream<I, O>): Promise<void> {
  return new Promise((resolve) => {
    const goOn = (): void => {
      stream.off("drain", goOn).off("close", goOn);
      resolve();
    };
    stream.on("drain", goOn).on("close", goOn);
  });
}

/** Writes requests as fast as the other side takes them; `onFailure` hears what their source throws. The result ends it. */
function send<I, O>(
  stream: ClientDuplexStream<I, O>,
  requests: AsyncIterable<I>,
  onFailure: (thrown: unknown) => void,
): () => void {
  const iterator = requests[Symbol.asyncIterator]();
  const run = async (): Promise<void> => {
    try {
      for (let next = await iterator.next(); next.done !== true && !stream.destroyed; next = await iterator.next()) {
        if (!stream.write(next.value)) await hasRoom(stream);
      }
      stream.end();
    } catch (thrown) {
      onFailure(thrown);
    }
  };
  void run();
  return () => {
    // A source that waits for its next item may end only after that; nobody waits for it.
    void iterator.return?.().catch(() => undefined);
  };
}
