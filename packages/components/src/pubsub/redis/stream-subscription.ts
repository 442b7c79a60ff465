import {
  type ComponentContext,
  MechaError,
  type MessageHandler,
  type SubscribeOptions,
  type Subscription,
} from "@mecha/spec";
import { handleMessage } from "../delivery/handle-message.js";
import { exhaustedWarning, isExhausted, redeliveryDelayMs } from "../delivery/redelivery-settings.js";
import type { EntryReader } from "./entry-reader.js";
import type { RedisPubSubSettings } from "./settings.js";
import { messageOf, type StreamEntry } from "./stream-entry.js";
import type { StreamGroup } from "./stream-group.js";

/** How long to wait after a read that failed, in milliseconds. */
const readRetryMs = 500;

/** What a subscription is made of. */
export interface StreamSubscriptionParts {
  readonly context: ComponentContext;
  readonly settings: RedisPubSubSettings;
  readonly group: StreamGroup;
  readonly reader: EntryReader;
  readonly handler: MessageHandler;
  readonly maxInFlight: number;
  readonly onError: SubscribeOptions["onError"];
  /** Called when messages were given back, which other subscriptions of the group may take at once. */
  readonly onRelease: () => void;
}

/** A message on its way to the handler; the first attempt has the number 1. */
interface Delivery {
  readonly entry: StreamEntry;
  readonly attempt: number;
}

/**
 * Reads a stream as one of the subscriptions of its group. It reads no more than it can handle, so that what waits is there for
 * others; what failed comes again here after a pause, and what other processes left behind is taken over when its time has passed.
 */
export class StreamSubscription implements Subscription {
  readonly #parts: StreamSubscriptionParts;
  /** Messages that are here: ready, being handled, or waiting to come again. */
  readonly #held = new Set<string>();
  readonly #ready: Delivery[] = [];
  /** Messages that are being handled. */
  #handling = 0;
  readonly #pauses = new Map<NodeJS.Timeout, Delivery>();
  /** Ready messages that come again: Redis has to be told before. */
  readonly #paused = new Set<string>();
  /** A list: the tables of a Set that was emptied for each message would hold each other in memory, and what each had. */
  #waiters: (() => void)[] = [];
  readonly #reading: Promise<void>;
  readonly #claimTimer: NodeJS.Timeout | undefined;
  #claiming: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #isBroken = false;

  constructor(parts: StreamSubscriptionParts) {
    this.#parts = parts;
    const { processingTimeoutMs, redeliverIntervalMs } = parts.settings;
    if (processingTimeoutMs > 0 && redeliverIntervalMs > 0) {
      this.#claimTimer = setInterval(() => this.claim(), redeliverIntervalMs).unref();
      this.claim();
    }
    this.#reading = this.#read();
  }

  /** Takes over what nobody has worked on for `processingTimeout`. */
  claim(): void {
    if (this.#closing !== undefined || this.#parts.settings.processingTimeoutMs === 0) return;
    this.#claiming ??= this.#claimAll()
      .catch((error: unknown) => this.#report(error))
      .finally(() => (this.#claiming = undefined));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  async #end(): Promise<void> {
    clearInterval(this.#claimTimer);
    this.#wake();
    await this.#parts.reader.close();
    await Promise.all([this.#reading, this.#claiming]);
    for (const [pause, delivery] of this.#pauses) {
      clearTimeout(pause);
      await this.#release(delivery.entry.id, delivery.attempt);
    }
    this.#pauses.clear();
    for (const { entry, attempt } of this.#ready.splice(0)) await this.#release(entry.id, attempt - 1);
    while (this.#handling > 0) await this.#change();
  }

  async #read(): Promise<void> {
    for (;;) {
      await this.#hasRoom();
      if (this.#closing !== undefined) return;
      try {
        const entries = await this.#parts.reader.read(this.#room());
        this.#recovered();
        for (const entry of entries) this.#take({ entry, attempt: 1 });
      } catch (error) {
        await this.#readFailed(error);
      }
    }
  }

  async #readFailed(error: unknown): Promise<void> {
    if (this.#closing !== undefined) return;
    this.#report(error);
    // Whoever emptied the server took the group along.
    const isGone = error instanceof Error && error.message.includes("NOGROUP");
    if (isGone) await this.#parts.group.create("0").catch(() => undefined);
    else await new Promise((resolve) => setTimeout(resolve, readRetryMs).unref());
  }

  #report(error: unknown): void {
    if (this.#isBroken || this.#closing !== undefined) return;
    this.#isBroken = true;
    const failure = MechaError.from(error);
    this.#parts.context.logger.warn(`reading of "${this.#parts.group.stream}" failed: ${failure.message}`);
    this.#parts.onError?.(failure, false);
  }

  #recovered(): void {
    this.#isBroken = false;
  }

  /** How many more messages may come in. */
  #room(): number {
    const { maxInFlight, settings } = this.#parts;
    const idle = maxInFlight - this.#handling - this.#ready.length;
    return Math.min(idle, settings.queueDepth + maxInFlight - this.#held.size);
  }

  async #hasRoom(): Promise<void> {
    while (this.#room() <= 0 && this.#closing === undefined) await this.#change();
  }

  /** Waits until a message has been handled, or the end begins. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  async #claimAll(): Promise<void> {
    const { group, settings } = this.#parts;
    let from = "-";
    for (;;) {
      const page = await group.pending(from, settings.queueDepth);
      const due = page.filter(({ id, idleMs }) => idleMs >= settings.processingTimeoutMs && !this.#held.has(id));
      for (const { id, deliveries } of due) {
        await this.#hasRoom();
        if (this.#closing !== undefined) return;
        await this.#claimOne(id, deliveries);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < settings.queueDepth) return;
      from = after(last.id);
    }
  }

  async #claimOne(id: string, deliveries: number): Promise<void> {
    const { group, settings } = this.#parts;
    const [entry] = await group.claim([id], settings.processingTimeoutMs);
    if (entry !== undefined) {
      this.#take({ entry, attempt: deliveries + 1 });
      return;
    }
    // Another process was faster, or the stream was trimmed; Redis before 7 keeps the latter pending for ever.
    const [left] = await group.pending(id, 1);
    if (left?.id === id && left.idleMs >= settings.processingTimeoutMs) await group.acknowledge(id);
  }

  #take(delivery: Delivery): void {
    this.#held.add(delivery.entry.id);
    this.#ready.push(delivery);
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#closing === undefined && this.#handling < this.#parts.maxInFlight) {
      const delivery = this.#ready.shift();
      if (delivery === undefined) return;
      this.#handling++;
      void this.#handle(delivery);
    }
  }

  /** Never rejects. One function for all that there is to wait for: each promise more costs as much as to read a message. */
  async #handle({ entry, attempt }: Delivery): Promise<void> {
    const { context, group, handler } = this.#parts;
    const { id } = entry;
    try {
      // Another process may have taken over what waited here for too long, and be done with it.
      const isOurs = !this.#paused.delete(id) || (await group.touch(id, attempt));
      const outcome = isOurs ? await handleMessage(context, handler, messageOf(entry, attempt)) : "gone";
      if (outcome === "retry" && !this.#givesUp(id, attempt)) {
        if (this.#closing === undefined) this.#pause(entry, attempt);
        else await this.#release(id, attempt);
      } else {
        // Held until Redis knows, or it would be taken for a message that somebody left behind.
        if (outcome !== "gone") await group.acknowledge(id);
        this.#held.delete(id);
      }
    } catch (error) {
      // Redis could not be told: the message stays pending, and comes again when its time has passed.
      this.#held.delete(id);
      this.#report(error);
    }
    this.#handling--;
    this.#dispatch();
    this.#wake();
  }

  /** Whether a message that failed is dropped. */
  #givesUp(id: string, attempt: number): boolean {
    const { context, group, settings } = this.#parts;
    if (!isExhausted(attempt, settings.redelivery)) return false;
    context.logger.warn(exhaustedWarning(group.stream, group.group, { id, attempt }));
    return true;
  }

  #pause(entry: StreamEntry, attempt: number): void {
    const { redelivery, processingTimeoutMs } = this.#parts.settings;
    // Others take over what has been idle for longer.
    const longest = processingTimeoutMs > 0 ? processingTimeoutMs / 2 : Number.POSITIVE_INFINITY;
    const pause = setTimeout(
      () => {
        this.#pauses.delete(pause);
        this.#paused.add(entry.id);
        this.#take({ entry, attempt: attempt + 1 });
      },
      Math.min(redeliveryDelayMs(attempt, redelivery), longest),
    ).unref();
    this.#pauses.set(pause, { entry, attempt });
  }

  /** Gives a message back, for others to take at once. */
  async #release(id: string, deliveries: number): Promise<void> {
    const { group, settings, onRelease } = this.#parts;
    this.#held.delete(id);
    await group.release(id, deliveries, settings.processingTimeoutMs);
    onRelease();
  }
}

/** The id that follows another. */
function after(id: string): string {
  const [time = "0", sequence = "0"] = id.split("-");
  return `${time}-${String(BigInt(sequence) + 1n)}`;
}
