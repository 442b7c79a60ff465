import type { CallContext } from "@mecha/sdk-core/protocol";
import type { PublishCancellation } from "@mecha/spec";

/**
 * A context that tells of its end without a signal: making one, and listening to it, costs more than many a call. Only
 * handlers that are given a signal need one.
 */
export interface CancellableContext extends CallContext {
  /** Whether its caller can give up at all. */
  readonly isCancellable: boolean;
  /** Why the call ended before its time, if it did. */
  readonly failure: Error | undefined;
  /** Has a listener told when the call ends before its time; the result takes the listener away. */
  onEnd(listener: (failure: Error) => void): () => void;
}

/**
 * The signal to hand to a component, as an option; none for a call that nobody can cancel: making a signal costs more than
 * reading a value from memory.
 */
export function cancellationOf(context: CallContext | CancellableContext): { readonly signal?: AbortSignal } {
  return isCancellable(context) && !context.isCancellable ? none : { signal: context.signal };
}

/**
 * As {@link cancellationOf}, for components that mostly only ask whether the call was cancelled: the call itself, which makes its
 * signal when that is read.
 */
export function lazyCancellationOf(context: CallContext | CancellableContext): PublishCancellation {
  return isCancellable(context) && !context.isCancellable ? none : context;
}

const none = {};

/** Throws if the call has ended before its time. */
export function refuseEnded(context: CallContext | CancellableContext): void {
  if (!isCancellable(context)) context.signal.throwIfAborted();
  else if (context.failure !== undefined) throw context.failure;
}

/** Has a listener told when a call ends before its time; the result takes the listener away. */
export function onCallEnd(context: CallContext | CancellableContext, listener: (reason: unknown) => void): () => void {
  if (isCancellable(context)) return context.onEnd(listener);
  const { signal } = context;
  const tell = (): void => listener(signal.reason);
  signal.addEventListener("abort", tell, { once: true });
  return () => signal.removeEventListener("abort", tell);
}

/** Whether a context tells of its end without a signal. */
export function isCancellable(context: CallContext | CancellableContext): context is CancellableContext {
  return "isCancellable" in context;
}
