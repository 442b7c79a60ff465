import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** How long to wait between two looks, in milliseconds. */
const intervalMs = 50;

/** Resolves once somebody listens on a port; rejects with the signal's reason. */
export async function waitForPort(host: string, port: number, signal: AbortSignal): Promise<void> {
  while (!(await isListening(host, port))) {
    signal.throwIfAborted();
    await delay(intervalMs, undefined, { signal });
  }
}

async function isListening(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
