import type { StreamMethod } from "@mecha/sdk-core/protocol";
import { type ReadyIterator, takeReady } from "@mecha/sdk-core/protocol-core";
import { MechaError } from "@mecha/spec";
import { checkMessageSize, isKnownToFit } from "../message-limit.js";
import type { InProcessCall } from "./call.js";

/** A stream that a handler has begun to answer. */
export interface BegunStream<O> {
  readonly call: InProcessCall;
  readonly responses: AsyncIterator<O>;
  /** Lets go of the call. */
  readonly finish: () => void;
}

/**
 * What a caller reads of a stream: the handler's responses, limited in size, and over when the call is. The call begins with the
 * first read. No generator: what each event of a subscription passes must cost little.
 */
export class ResponseStream<I, O> implements ReadyIterator<O> {
  readonly #method: StreamMethod<I, O>;
  readonly #maxMessageBytes: number;
  readonly #begin: () => BegunStream<O>;
  #begun: BegunStream<O> | undefined;
  #isOver = false;
  /** What kept a response that was there from its reader. */
  #refusal: { readonly error: unknown } | undefined;

  constructor(method: StreamMethod<I, O>, maxMessageBytes: number, begin: () => BegunStream<O>) {
    this.#method = method;
    this.#maxMessageBytes = maxMessageBytes;
    this.#begin = begin;
  }

  async next(): Promise<IteratorResult<O, undefined>> {
    if (this.#isOver) return over;
    try {
      const { call, responses } = (this.#begun ??= this.#begin());
      if (this.#refusal !== undefined) throw this.#refusal.error;
      const next = await call.race(responses.next());
      call.sendHeader();
      if (next.done === true) return await this.return();
      this.#checkSize(next.value);
      return next;
    } catch (thrown) {
      const error = MechaError.from(this.#begun?.call.failure ?? thrown, `${this.#method.path} failed`);
      await this.return();
      throw error;
    }
  }

  takeReady(): O | undefined {
    // The first response brings the header along.
    if (this.#isOver || this.#begun === undefined || this.#begun.call.failure !== undefined) return undefined;
    try {
      const response = takeReady(this.#begun.responses);
      if (response !== undefined) this.#checkSize(response);
      return response;
    } catch (error) {
      this.#refusal = { error };
      return undefined;
    }
  }

  #checkSize(response: O): void {
    // Messages are objects.
    if (!isKnownToFit(response as object, this.#maxMessageBytes))
      checkMessageSize(response, this.#method.response, this.#maxMessageBytes);
  }

  /** Tells the handler that the stream is over, and waits until it has cleaned up. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#isOver) return over;
    this.#isOver = true;
    if (this.#begun === undefined) return over;
    const { call, responses, finish } = this.#begun;
    call.end(new MechaError("CANCELLED", "The stream was ended by its reader"));
    await responses.return?.().catch(() => undefined);
    finish();
    return over;
  }
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined };
