import type { MessageType } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { checkMessageSize } from "../message-limit.js";
import type { InProcessCall } from "./call.js";

interface NormaliseOptions<I> {
  readonly type: MessageType<I>;
  readonly maxMessageBytes: number;
  readonly call: InProcessCall;
}

/** A caller's requests as the handler sees them: normalised, limited in size, and over when the call is. */
export async function* normalised<I>(
  requests: AsyncIterable<I>,
  { type, maxMessageBytes, call }: NormaliseOptions<I>,
): AsyncGenerator<I, void, undefined> {
  const iterator = requests[Symbol.asyncIterator]();
  const { signal } = call;
  try {
    for (;;) {
      const next = await untilAborted(iterator.next(), signal);
      if (next.done === true) return;
      // As for single requests: a full message is a partial one.
      const normal = type.fromPartial(next.value as never);
      checkMessageSize(normal, type, maxMessageBytes);
      yield normal;
    }
  } finally {
    // A caller's generator may wait for something that never comes; nobody waits for it.
    void iterator.return?.().catch(() => undefined);
  }
}

/** Tells handler and caller's side that a stream is over, and waits until the handler has cleaned up. */
export async function endedWith(call: InProcessCall, responses: AsyncIterator<unknown>): Promise<void> {
  call.end(new MechaError("CANCELLED", "The stream was ended by its reader"));
  await responses.return?.().catch(() => undefined);
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(MechaError.from(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
