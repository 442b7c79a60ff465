import type { CallContext, Metadata } from "@mecha/sdk-core/protocol";
import { isCancellable, type CancellableContext } from "./cancellation.js";

/** The same call with other metadata; a signal is still made only for who asks for it. */
export function withMetadata(context: CallContext | CancellableContext, metadata: Metadata): CallContext {
  return isCancellable(context) ? new CancellableCall(context, metadata) : new DerivedCall(context, metadata);
}

class DerivedCall<Context extends CallContext> implements CallContext {
  readonly metadata: Metadata;
  readonly peer: string;
  readonly deadline?: number;
  protected readonly original: Context;

  constructor(original: Context, metadata: Metadata) {
    this.metadata = metadata;
    this.peer = original.peer;
    if (original.deadline !== undefined) this.deadline = original.deadline;
    this.original = original;
  }

  get signal(): AbortSignal {
    return this.original.signal;
  }

  get isCancelled(): boolean | undefined {
    return this.original.isCancelled;
  }

  setHeader(name: string, value: string): void {
    this.original.setHeader(name, value);
  }

  setTrailer(name: string, value: string): void {
    this.original.setTrailer(name, value);
  }
}

class CancellableCall extends DerivedCall<CancellableContext> implements CancellableContext {
  get isCancellable(): boolean {
    return this.original.isCancellable;
  }

  get failure(): Error | undefined {
    return this.original.failure;
  }

  onEnd(listener: (failure: Error) => void): () => void {
    return this.original.onEnd(listener);
  }
}
