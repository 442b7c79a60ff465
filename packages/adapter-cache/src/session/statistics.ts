/** Receives every command that reached the store, and how long it took in microseconds. */
export type RecordCommand = (name: string, durationUs: number) => void;

/**
 * Commands by which clients set up a connection. They are not counted, as they are of no interest and differ between
 * clients.
 */
export const handshakeCommands: ReadonlySet<string> = new Set(
  "auth hello client info select command ping config quit reset".split(" "),
);

/** Microseconds since a moment that `process.hrtime.bigint()` or `performance.now()` gave in milliseconds. */
export function microsecondsSince(startMs: number): number {
  return (performance.now() - startMs) * 1000;
}
