import { setTimeout as delay } from "node:timers/promises";

/** Waits a moment; throws the signal's own reason when it is aborted meanwhile. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
}
