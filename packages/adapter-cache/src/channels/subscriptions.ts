import type { Channels, Subscriber, SubscriptionKind } from "./channels.js";

/** What one client is subscribed to. */
export class Subscriptions {
  readonly #names: Readonly<Record<SubscriptionKind, Set<string>>> = {
    channel: new Set(),
    pattern: new Set(),
    shard: new Set(),
  };
  readonly #channels: Channels;
  readonly #subscriber: Subscriber;

  constructor(channels: Channels, subscriber: Subscriber) {
    this.#channels = channels;
    this.#subscriber = subscriber;
  }

  /** Whether there are any; a client of RESP2 may do little else then. */
  get active(): boolean {
    const { channel, pattern, shard } = this.#names;
    return channel.size + pattern.size + shard.size > 0;
  }

  /** As many as the replies to SUBSCRIBE and the like tell: shard channels are counted apart. */
  count(kind: SubscriptionKind): number {
    const { channel, pattern, shard } = this.#names;
    return kind === "shard" ? shard.size : channel.size + pattern.size;
  }

  /** The names of one kind, in the order in which they came. */
  names(kind: SubscriptionKind): readonly string[] {
    return [...this.#names[kind]];
  }

  add(kind: SubscriptionKind, name: string): Promise<void> | undefined {
    this.#names[kind].add(name);
    return this.#channels.subscribe(kind, name, this.#subscriber);
  }

  remove(kind: SubscriptionKind, name: string): void {
    if (this.#names[kind].delete(name)) this.#channels.unsubscribe(kind, name, this.#subscriber);
  }

  /** Ends all of them. */
  clear(): void {
    for (const kind of ["channel", "pattern", "shard"] as const)
      for (const name of this.names(kind)) this.remove(kind, name);
  }
}
