import type { CallContext } from "@mecha/sdk-core/protocol";

/** A context that knows whether its caller can give up at all. */
export interface CancellableContext extends CallContext {
  readonly isCancellable: boolean;
}

/**
 * The signal to hand to a component, as an option; none for a call that nobody can cancel: making a signal costs more than
 * reading a value from memory.
 */
export function cancellationOf(context: CallContext | CancellableContext): { readonly signal?: AbortSignal } {
  return "isCancellable" in context && !context.isCancellable ? none : { signal: context.signal };
}

const none = {};
