import type { InboundMessage, MessageHandler, Subscription } from "@mecha/spec";

/** A message as one consumer group has it. */
interface Delivery {
  /** Position in the order of publishing. */
  readonly sequence: number;
  readonly orderKey: string | undefined;
  readonly message: Omit<InboundMessage, "attempt">;
  attempt: number;
}

/** One subscriber of a group. */
interface Member {
  readonly handler: MessageHandler;
  readonly maxInFlight: number;
  readonly inFlight: Set<Promise<void>>;
}

/** What a group needs to know of its component. */
export interface GroupQueueOptions {
  /** Milliseconds until a message whose given attempt failed comes again; `undefined` drops it. */
  readonly redeliverAfter: (message: InboundMessage) => number | undefined;
  /** Calls a handler and turns a rejection into `retry`. */
  readonly handle: (handler: MessageHandler, message: InboundMessage) => Promise<"success" | "retry" | "drop">;
}

/**
 * The messages of one topic that one consumer group has not finished, and who takes them.
 *
 * Members share the messages. No two messages with one order key are out at once, and one that waits to come again holds back
 * the later ones of its key.
 */
export class GroupQueue {
  readonly #options: GroupQueueOptions;
  readonly #members: Member[] = [];
  readonly #busyKeys = new Set<string>();
  readonly #waits = new Set<NodeJS.Timeout>();
  #ready: Delivery[] = [];
  #sequence = 0;
  #scheduled = false;

  constructor(options: GroupQueueOptions) {
    this.#options = options;
  }

  /** Adds a message; members get it on a later turn of the event loop. */
  push(message: Omit<InboundMessage, "attempt">, orderKey: string | undefined): void {
    this.#ready.push({ sequence: this.#sequence++, orderKey, message, attempt: 0 });
    this.#schedule();
  }

  /** Adds a member. Its `close` waits for its handlers; what they do not finish goes to the others. */
  join(handler: MessageHandler, maxInFlight: number): Subscription {
    const member: Member = { handler, maxInFlight, inFlight: new Set() };
    this.#members.push(member);
    this.#schedule();
    return {
      close: async () => {
        const index = this.#members.indexOf(member);
        if (index >= 0) this.#members.splice(index, 1);
        await Promise.all(member.inFlight);
      },
    };
  }

  /** Forgets all messages and stops all timers. */
  clear(): void {
    for (const wait of this.#waits) clearTimeout(wait);
    this.#waits.clear();
    this.#ready = [];
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (;;) {
      const member = this.#idlest();
      if (member === undefined) return;
      const index = this.#ready.findIndex(({ orderKey }) => orderKey === undefined || !this.#busyKeys.has(orderKey));
      if (index < 0) return;
      const [delivery] = index === 0 ? [this.#ready.shift()] : this.#ready.splice(index, 1);
      if (delivery !== undefined) this.#deliver(member, delivery);
    }
  }

  #idlest(): Member | undefined {
    let idlest: Member | undefined;
    for (const member of this.#members) {
      if (member.inFlight.size >= member.maxInFlight) continue;
      if (idlest === undefined || member.inFlight.size < idlest.inFlight.size) idlest = member;
    }
    return idlest;
  }

  #deliver(member: Member, delivery: Delivery): void {
    delivery.attempt++;
    if (delivery.orderKey !== undefined) this.#busyKeys.add(delivery.orderKey);
    const { message, attempt } = delivery;
    const copy: InboundMessage = { ...message, data: message.data.slice(), metadata: { ...message.metadata }, attempt };
    const task = this.#options.handle(member.handler, copy).then((outcome) => {
      member.inFlight.delete(task);
      const delayMs = outcome === "retry" ? this.#options.redeliverAfter(copy) : undefined;
      if (delayMs === undefined) this.#finish(delivery);
      else this.#wait(delivery, delayMs);
    });
    member.inFlight.add(task);
  }

  #finish({ orderKey }: Delivery): void {
    if (orderKey !== undefined) this.#busyKeys.delete(orderKey);
    this.#schedule();
  }

  /** The order key stays busy meanwhile. */
  #wait(delivery: Delivery, delayMs: number): void {
    const wait = setTimeout(() => {
      this.#waits.delete(wait);
      const later = this.#ready.findIndex(({ sequence }) => sequence > delivery.sequence);
      this.#ready.splice(later < 0 ? this.#ready.length : later, 0, delivery);
      this.#finish(delivery);
    }, delayMs).unref();
    this.#waits.add(wait);
    this.#schedule();
  }
}
