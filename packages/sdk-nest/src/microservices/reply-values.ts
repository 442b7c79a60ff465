import type { Observable } from "rxjs";

/** The values of an observable as they come. It is unsubscribed from when they are left, or the signal aborts. */
export async function* replyValues<T>(values: Observable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const waiting: T[] = [];
  let isDone = signal.aborted;
  let failure: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;
  const end = (): void => {
    isDone = true;
    wake();
  };
  const subscription = values.subscribe({
    next: (value) => {
      waiting.push(value);
      wake();
    },
    error: (error: unknown) => {
      failure = { error };
      end();
    },
    complete: end,
  });
  signal.addEventListener("abort", end);
  try {
    for (;;) {
      // Several may have come meanwhile.
      for (const value of waiting.splice(0)) yield value;
      if (waiting.length > 0) continue;
      if (isDone) break;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    if (failure !== undefined) throw failure.error;
  } finally {
    signal.removeEventListener("abort", end);
    subscription.unsubscribe();
  }
}
