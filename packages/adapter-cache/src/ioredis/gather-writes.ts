import type { Writable } from "node:stream";

/**
 * Has a stream send all that is written to it in one turn of the event loop at once, in the order in which it was written.
 * Each write of its own is a system call for this process and, often, a packet and a reply of its own for Redis.
 */
export function gatherWrites(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(uncork, stream);
}

function uncork(stream: Writable): void {
  stream.uncork();
}
