/** Closes a door; it waits so many milliseconds for its calls under way. */
export type CloseDoor = (drainTimeoutMs: number) => Promise<void>;
