import type { MessageKind } from "./channels.js";

/** A message on its way between processes. */
export interface BusMessage {
  readonly kind: MessageKind;
  /** Latin1 text of the channel's bytes. */
  readonly channel: string;
  readonly payload: Buffer;
}

/** Carries messages to other processes on the same cache, and theirs to this one. */
export interface Bus {
  /** Sends a message to the other processes; resolves once it is on its way for certain. */
  send(message: BusMessage): Promise<void>;
  /** Sees to it that messages of others arrive; resolves when they do. Further calls change nothing. */
  listen(receive: (message: BusMessage) => void): Promise<void>;
  /** Nobody listens any more. */
  rest(): void;
}
