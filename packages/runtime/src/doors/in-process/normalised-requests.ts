import type { MessageType } from "@mecha/sdk-core/protocol";
import { type ReadyIterator, takeReady } from "@mecha/sdk-core/protocol-core";
import { MechaError } from "@mecha/spec";
import { checkMessageSize } from "../message-limit.js";
import type { InProcessCall } from "./call.js";

interface NormaliseOptions<I> {
  readonly type: MessageType<I>;
  readonly maxMessageBytes: number;
  readonly call: InProcessCall;
}

/** A caller's requests as the handler sees them: normalised, limited in size, and over when the call is. */
export function normalised<I>(requests: AsyncIterable<I>, options: NormaliseOptions<I>): AsyncIterable<I> {
  return { [Symbol.asyncIterator]: () => new NormalisedRequests(requests, options) };
}

/** No generator: what each acknowledgement of a subscription passes must cost little. */
class NormalisedRequests<I> implements ReadyIterator<I> {
  readonly #requests: AsyncIterator<I>;
  readonly #options: NormaliseOptions<I>;
  readonly #forget: () => void;
  /** Rejects what the handler waits for. */
  #giveUp: ((failure: MechaError) => void) | undefined;
  #isOver = false;
  /** What kept a request that was there from the handler. */
  #refusal: MechaError | undefined;

  constructor(requests: AsyncIterable<I>, options: NormaliseOptions<I>) {
    this.#requests = requests[Symbol.asyncIterator]();
    this.#options = options;
    this.#forget = options.call.onEnd((failure) => {
      this.#giveUp?.(failure);
    });
  }

  next(): Promise<IteratorResult<I, undefined>> {
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    const failure = this.#options.call.failure ?? this.#refusal;
    if (failure !== undefined) return this.#failed(failure);
    return new Promise((resolve, reject) => {
      this.#giveUp = (thrown) => {
        this.#end();
        reject(thrown);
      };
      this.#requests.next().then((next) => {
        if (this.#isOver) return;
        try {
          resolve(next.done === true ? this.#done() : { done: false, value: this.#normal(next.value) });
        } catch (thrown) {
          this.#giveUp?.(MechaError.from(thrown));
        }
      }, this.#giveUp);
    });
  }

  takeReady(): I | undefined {
    if (this.#isOver || this.#options.call.failure !== undefined) return undefined;
    try {
      const request = takeReady(this.#requests);
      return request === undefined ? undefined : this.#normal(request);
    } catch (thrown) {
      this.#refusal = MechaError.from(thrown);
      return undefined;
    }
  }

  return(): Promise<IteratorResult<I, undefined>> {
    return Promise.resolve(this.#done());
  }

  #normal(request: I): I {
    const { type, maxMessageBytes } = this.#options;
    // As for single requests: a full message is a partial one.
    const normal = type.fromPartial(request as never);
    checkMessageSize(normal, type, maxMessageBytes);
    return normal;
  }

  #done(): IteratorReturnResult<undefined> {
    this.#end();
    return { done: true, value: undefined };
  }

  #failed(failure: MechaError): Promise<never> {
    this.#end();
    return Promise.reject(failure);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    // A caller's generator may wait for something that never comes; nobody waits for it.
    void this.#requests.return?.().catch(() => undefined);
  }
}
