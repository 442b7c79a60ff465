import type { CallContext, Metadata } from "@mecha/sdk-core/protocol";

/**
 * A call as one attempt of it has it: with the signal of the attempt, and with headers that only go out if it is the last one.
 */
export class AttemptContext implements CallContext {
  readonly metadata: Metadata;
  readonly peer: string;
  readonly deadline?: number;
  readonly signal: AbortSignal;
  readonly #original: CallContext;
  readonly #headers = new Map<string, string>();
  readonly #trailers = new Map<string, string>();

  constructor(original: CallContext, signal: AbortSignal | undefined) {
    this.metadata = original.metadata;
    this.peer = original.peer;
    if (original.deadline !== undefined) this.deadline = original.deadline;
    this.signal = signal ?? original.signal;
    this.#original = original;
  }

  setHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  setTrailer(name: string, value: string): void {
    this.#trailers.set(name, value);
  }

  /** Lets headers and trailers go out. */
  send(): void {
    for (const [name, value] of this.#headers) this.#original.setHeader(name, value);
    for (const [name, value] of this.#trailers) this.#original.setTrailer(name, value);
  }
}
