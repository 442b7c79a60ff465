import type { Channels } from "../channels/channels.js";
import type { Subscriptions } from "../channels/subscriptions.js";
import type { Protocol } from "../resp/encode-reply.js";

/** What a command about the connection needs of it. */
export interface ClientSession {
  readonly id: number;
  /** Type of the store, for messages. */
  readonly storeType: string;
  /** When it was opened, in milliseconds since 1970. */
  readonly openedMs: number;
  database: number;
  protocol: Protocol;
  name: string;
  /** Which replies the client wants: all, none, or none to its next command. */
  replies: "ON" | "OFF" | "SKIP";
  /** Commands since MULTI; `undefined` outside a transaction. */
  readonly transaction: readonly unknown[] | undefined;
  /** Whether its command waits for what others do. */
  readonly waits: boolean;
  /** What this client is subscribed to. */
  readonly subscriptions: Subscriptions;
  /** What is published on this cache. */
  readonly channels: Channels;
  /** Everybody who is connected to this cache in this process. */
  readonly clients: ReadonlySet<ClientSession>;
  /** Starts a transaction. */
  begin(): void;
  /** Forgets the transaction, and what is watched. */
  discard(): void;
  /** Forgets what is watched. */
  unwatch(): void;
  /** Everything as at the beginning. */
  reset(): void;
  /** Ends the connection after the replies that are due. */
  end(): void;
}

let lastId = 0;

/** A number that no other client of this process has or had. */
export function nextClientId(): number {
  return ++lastId;
}
