import { randomUUID } from "node:crypto";
import type {
  DeliveryOutcome,
  InboundMessage,
  MessageHandler,
  OutboundMessage,
  PubSub,
  Subscription,
} from "@mecha/spec";
import { eventually } from "../eventually.js";
import type { PubSubSupports } from "./pub-sub-supports.js";

/** What a subscriber of a test has been given, in order. */
interface Inbox {
  readonly messages: InboundMessage[];
  /** The bodies as text, in order of delivery. */
  bodies(): string[];
  /** Resolves once at least `count` messages have come. */
  holds(count: number): Promise<void>;
}

/** How a test subscribes. */
interface InboxOptions {
  /** @defaultValue a group of the test's own */
  readonly group?: string;
  /** What to answer. @defaultValue `success` always */
  readonly answer?: (message: InboundMessage) => Promise<DeliveryOutcome> | DeliveryOutcome;
  /** Further metadata of the subscription. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What each test of the suite works with: a component of its own, and names that no other test has. */
export interface PubSubFixture {
  readonly pubsub: PubSub;
  readonly topic: string;
  readonly supports: PubSubSupports;
  /** Subscribes and keeps what comes. */
  subscribe(
    options?: InboxOptions & { readonly topic?: string },
  ): Promise<Inbox & { readonly subscription: Subscription }>;
  /** Waits until a claim holds, as long as the broker may take to deliver. */
  until(claim: string, holds: () => boolean): Promise<void>;
  /** Publishes texts, each with the given metadata; fails unless all were taken. */
  publish(bodies: readonly string[], metadata?: Readonly<Record<string, string>>): Promise<void>;
}

/** A message of a text. */
export function textMessage(body: string, metadata: Readonly<Record<string, string>> = {}): OutboundMessage {
  return { data: new TextEncoder().encode(body), metadata };
}

/** The body of a message as text. */
export function bodyOf(message: InboundMessage): string {
  return new TextDecoder().decode(message.data);
}

/** A promise and the function that fulfils it. */
export function signal(): { readonly promise: Promise<void>; readonly fire: () => void } {
  let fire: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (fire = resolve));
  return { promise, fire };
}

/** Makes the fixture of one test. */
export function createPubSubFixture(pubsub: PubSub, supports: PubSubSupports): PubSubFixture {
  const name = randomUUID().slice(0, 8);
  const topic = `suite-${name}`;
  const waitMs = supports.deliveredWithinMs ?? 10_000;
  const until = (claim: string, holds: () => boolean) => eventually(claim, async () => holds(), waitMs);
  return {
    pubsub,
    topic,
    supports,
    until,
    async subscribe(options = {}) {
      const messages: InboundMessage[] = [];
      const handler: MessageHandler = async (message) => {
        messages.push(message);
        return (await options.answer?.(message)) ?? "success";
      };
      const metadata = { consumerGroup: options.group ?? `group-${name}`, ...options.metadata };
      const subscription = await pubsub.subscribe(options.topic ?? topic, handler, { metadata });
      const bodies = () => messages.map(bodyOf);
      return {
        messages,
        bodies,
        subscription,
        holds: (count) => until(`${count} messages came`, () => messages.length >= count),
      };
    },
    async publish(bodies, metadata = {}) {
      const results = await pubsub.publish(
        topic,
        bodies.map((body) => textMessage(body, metadata)),
      );
      for (const error of results) if (error !== undefined) throw error;
    },
  };
}
