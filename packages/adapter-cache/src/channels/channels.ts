import { matchesGlob } from "../bytes/glob.js";
import { PushReply } from "../resp/reply.js";
import type { Bus } from "./bus.js";

/** The three ways to subscribe; each has names of its own. */
export type SubscriptionKind = "channel" | "pattern" | "shard";

/** Whether a message goes to channels and the patterns that match them, or to shard channels. */
export type MessageKind = Exclude<SubscriptionKind, "pattern">;

/** Somebody who gets messages. */
export interface Subscriber {
  push(message: PushReply): void;
}

/** Who is subscribed to what on one cache, and what is published there. Names are latin1 text of their bytes. */
export class Channels {
  readonly #subscribers: Readonly<Record<SubscriptionKind, Map<string, Set<Subscriber>>>> = {
    channel: new Map(),
    pattern: new Map(),
    shard: new Map(),
  };
  readonly #bus: Bus | undefined;

  /** @param bus - carries messages to and from other processes; without it they stay in this one */
  constructor(bus?: Bus) {
    this.#bus = bus;
  }

  /** Whether anybody in this process is subscribed to anything. */
  get used(): boolean {
    return Object.values(this.#subscribers).some((names) => names.size > 0);
  }

  /**
   * Adds a subscription; one that is there already stays. Resolves once messages of other processes arrive as well.
   *
   * @throws MechaError when the pub/sub component refuses
   */
  subscribe(kind: SubscriptionKind, name: string, subscriber: Subscriber): Promise<void> | undefined {
    const names = this.#subscribers[kind];
    const subscribers = names.get(name) ?? new Set();
    names.set(name, subscribers.add(subscriber));
    return this.#bus?.listen((message) => {
      this.deliver(message.kind, message.channel, message.payload);
    });
  }

  /** Removes a subscription. */
  unsubscribe(kind: SubscriptionKind, name: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers[kind].get(name);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.#subscribers[kind].delete(name);
    if (!this.used) this.#bus?.rest();
  }

  /**
   * Publishes a message. The number is that of the receivers in this process: nobody counts those of others.
   *
   * @throws MechaError when the pub/sub component does not take it
   */
  publish(kind: MessageKind, channel: string, payload: Buffer): number | Promise<number> {
    const receivers = this.deliver(kind, channel, payload);
    return this.#bus === undefined ? receivers : this.#bus.send({ kind, channel, payload }).then(() => receivers);
  }

  /** Gives a message to the subscribers of this process; how many they were. */
  deliver(kind: MessageKind, channel: string, payload: Buffer): number {
    const name = Buffer.from(channel, "latin1");
    const direct = this.#subscribers[kind].get(channel) ?? [];
    const message = new PushReply([kind === "shard" ? "smessage" : "message", name, payload]);
    let count = 0;
    for (const subscriber of direct) {
      subscriber.push(message);
      count++;
    }
    if (kind === "shard") return count;
    for (const [pattern, subscribers] of this.#subscribers.pattern) {
      if (!matchesGlob(pattern, channel)) continue;
      const matched = new PushReply(["pmessage", Buffer.from(pattern, "latin1"), name, payload]);
      for (const subscriber of subscribers) {
        subscriber.push(matched);
        count++;
      }
    }
    return count;
  }

  /** How many would receive a message. */
  receivers(kind: MessageKind, channel: string): number {
    const direct = this.count(kind, channel);
    if (kind === "shard") return direct;
    const patterns = [...this.#subscribers.pattern].filter(([pattern]) => matchesGlob(pattern, channel));
    return patterns.reduce((sum, [, { size }]) => sum + size, direct);
  }

  /** The names that somebody is subscribed to. */
  names(kind: SubscriptionKind): readonly string[] {
    return [...this.#subscribers[kind].keys()];
  }

  /** How many are subscribed to a name. */
  count(kind: SubscriptionKind, name: string): number {
    return this.#subscribers[kind].get(name)?.size ?? 0;
  }
}
