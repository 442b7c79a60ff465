import type { CallEnd } from "../transport/call-options.js";
import { signalOfLeaving, type Batch } from "./batch.js";
import { fixEnd, PendingCall } from "./pending-call.js";

/** What a batch says of one of its items: its value, its error, or that it is to be sent again by itself. */
export type BatchOutcome<O> = { readonly value: O } | { readonly error: unknown } | "alone";

/** How calls become batches. */
export interface CoalescerOptions<I, O> {
  /** Sends one item as a plain call. Used for a batch of one, and for each item of a batch that failed. */
  sendOne(item: I, end: CallEnd | undefined): Promise<O>;
  /**
   * Sends several items in one call and says what became of each, in their order. A rejection means that each is to be
   * sent by itself.
   *
   * @param signal - aborts when no caller waits any more
   */
  sendMany(items: readonly I[], signal: AbortSignal | undefined): Promise<readonly BatchOutcome<O>[]>;
  /** Items with different groups are never in one batch. @defaultValue all are of one group */
  groupOf?(item: I): string;
  /** Items of the same order are sent one after another, as they were added; one in a batch. @defaultValue no order */
  orderOf?(item: I): string;
  /**
   * Whether a batch of a group waits until the one before is done, and takes what comes meanwhile.
   *
   * @defaultValue `false`: batches of a group may be under way side by side
   */
  readonly oneAtATime?: boolean;
  /** About how many bytes an item takes on the wire. @defaultValue items count nothing */
  bytesOf?(item: I): number;
  /** Most items in a batch. @defaultValue 256 */
  readonly maximumItems?: number;
  /** Most bytes in a batch that has more than one item. @defaultValue 1 MiB */
  readonly maximumBytes?: number;
}

/**
 * Turns calls that are made in the same tick into one. Every caller has its own result, error and end: one that gives up
 * leaves, and the batch goes on for the others.
 */
export class Coalescer<I, O> {
  readonly #options: CoalescerOptions<I, O>;
  readonly #maximumItems: number;
  readonly #maximumBytes: number;
  readonly #open = new Map<string, Batch<I, O>>();
  /** The latest call of each order that is not done. */
  readonly #latest = new Map<string, PendingCall<I, O>>();
  /** Of groups with a batch under way, one at a time: the full ones that wait. */
  readonly #underWay = new Map<string, Batch<I, O>[]>();
  #scheduled = false;

  constructor(options: CoalescerOptions<I, O>) {
    this.#options = options;
    this.#maximumItems = options.maximumItems ?? 256;
    this.#maximumBytes = options.maximumBytes ?? 1024 * 1024;
  }

  /** Adds an item to the batch of this tick; resolves with its own result. */
  add(item: I, end?: CallEnd): Promise<O> {
    return new Promise((resolve, reject) => {
      const order = this.#options.orderOf?.(item);
      const call = new PendingCall(item, order, resolve, reject);
      const fixed = fixEnd(end);
      if (fixed !== undefined) call.watch(fixed);
      if (call.answered) return;
      if (order !== undefined) {
        const before = this.#latest.get(order);
        this.#latest.set(order, call);
        if (before !== undefined) {
          before.next = call;
          return;
        }
      }
      this.#enqueue(call);
    });
  }

  /** Resolves when all calls of this order that were added until now are done; `undefined` if there are none. */
  settled(order: string): Promise<void> | undefined {
    return this.#latest.get(order)?.untilDone();
  }

  #enqueue(call: PendingCall<I, O>): void {
    const group = this.#options.groupOf?.(call.item) ?? "";
    const bytes = this.#options.bytesOf?.(call.item) ?? 0;
    let batch = this.#open.get(group);
    if (batch !== undefined && batch.bytes + bytes > this.#maximumBytes) {
      this.#dispatch(group, batch);
      batch = undefined;
    }
    if (batch === undefined) {
      batch = { calls: [], bytes: 0 };
      this.#open.set(group, batch);
    }
    batch.calls.push(call);
    batch.bytes += bytes;
    if (batch.calls.length >= this.#maximumItems) {
      this.#open.delete(group);
      this.#dispatch(group, batch);
    } else if (!this.#scheduled) this.#schedule();
  }

  /** After all promise reactions of this tick, however deep: what answers one batch asks for the next. */
  #schedule(): void {
    this.#scheduled = true;
    queueMicrotask(() => {
      process.nextTick(this.#flush);
    });
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const batches = [...this.#open];
    this.#open.clear();
    for (const [group, batch] of batches) {
      // What is open while another is under way goes when that is done.
      if (this.#underWay.has(group)) this.#open.set(group, batch);
      else this.#dispatch(group, batch);
    }
  };

  /** Sends a batch, or has it wait for the one of its group that is under way. */
  #dispatch(group: string, batch: Batch<I, O>): void {
    if (this.#options.oneAtATime !== true) {
      void this.#send(batch);
      return;
    }
    const waiting = this.#underWay.get(group);
    if (waiting !== undefined) waiting.push(batch);
    else void this.#sendInTurn(group, batch);
  }

  async #sendInTurn(group: string, first: Batch<I, O>): Promise<void> {
    const full: Batch<I, O>[] = [];
    this.#underWay.set(group, full);
    for (let batch: Batch<I, O> | undefined = first; batch !== undefined; ) {
      await this.#send(batch);
      batch = full.shift();
      if (batch !== undefined) continue;
      batch = this.#open.get(group);
      this.#open.delete(group);
    }
    this.#underWay.delete(group);
  }

  #send({ calls }: Batch<I, O>): Promise<void> | undefined {
    const waiting = calls.some(({ answered }) => answered) ? this.#withoutLeft(calls) : calls;
    const [first] = waiting;
    if (waiting.length > 1) return this.#sendMany(waiting);
    return first === undefined ? undefined : this.#sendOne(first);
  }

  #withoutLeft(calls: readonly PendingCall<I, O>[]): readonly PendingCall<I, O>[] {
    for (const call of calls) if (call.answered) this.#done(call);
    return calls.filter(({ answered }) => !answered);
  }

  async #sendOne(call: PendingCall<I, O>): Promise<void> {
    if (!call.answered) {
      // The transport watches the caller's end now.
      call.unwatch();
      try {
        call.succeed(await this.#options.sendOne(call.item, call.end));
      } catch (error) {
        call.fail(error);
      }
    }
    this.#done(call);
  }

  async #sendMany(calls: readonly PendingCall<I, O>[]): Promise<void> {
    let outcomes: readonly BatchOutcome<O>[];
    try {
      outcomes = await this.#options.sendMany(
        calls.map(({ item }) => item),
        signalOfLeaving(calls),
      );
    } catch {
      await Promise.all(calls.map((call) => this.#sendOne(call)));
      return;
    }
    const alone: Promise<void>[] = [];
    let index = 0;
    for (const call of calls) {
      const outcome = outcomes[index++];
      if (outcome === undefined || outcome === "alone") alone.push(this.#sendOne(call));
      else {
        if ("error" in outcome) call.fail(outcome.error);
        else call.succeed(outcome.value);
        this.#done(call);
      }
    }
    if (alone.length > 0) await Promise.all(alone);
  }

  /** Lets the call go that waits for this one, if there is one. */
  #done(call: PendingCall<I, O>): void {
    const { order, next } = call;
    if (order === undefined) return;
    call.finish();
    if (next !== undefined) this.#enqueue(next);
    else this.#latest.delete(order);
  }
}
