import type { StreamEntry } from "./stream-entry.js";

/** Waits for new messages of a group. */
export interface EntryReader {
  /** New messages, at most so many; none if there were none for a while. Rejects with a MechaError. */
  read(count: number): Promise<readonly StreamEntry[]>;
  /** Ends a read that waits, or waits for its end, then ends the connection. */
  close(): Promise<void>;
}
