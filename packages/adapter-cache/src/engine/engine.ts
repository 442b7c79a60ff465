import { setTimeout as wait } from "node:timers/promises";
import type { Arguments } from "../commands/arguments.js";
import type { Command } from "../commands/command.js";
import type { Documents } from "../documents/documents.js";
import { defaultSplitLimits } from "../documents/parts/part-store.js";
import { Channels } from "../channels/channels.js";
import { KeyIndex } from "../key-index/key-index.js";
import { ErrorReply, type Reply } from "../resp/reply.js";
import type { Session } from "../session/session.js";
import { AtOnce, type AtOnceClient } from "./at-once.js";
import { runBatch, type BatchTools } from "./batch.js";
import type { Operation } from "./operation.js";
import { toErrorReply } from "./run-operations.js";
import { Waiter, type WaiterOptions } from "./waiter.js";
import { Waiters } from "./waiters.js";

/** How many operations one batch takes at most: more make one answer late without being faster. */
const maxBatch = 512;

/** How long an operation is tried again when other processes keep changing its documents, in milliseconds. */
const patienceMs = 10_000;

/** The longest pause between two attempts, in milliseconds. */
const maxPauseMs = 50;

interface Waiting extends Operation {
  readonly since: number;
  attempts: number;
}

/**
 * Runs operations over documents: all that wait for a document when it becomes free go into one batch, with one read and
 * one write. Within a process there are no conflicts; between processes the ETags find them and the batch runs again.
 */
export class Engine {
  readonly documents: Documents;
  /** What is published on this cache, and to whom. */
  readonly channels: Channels;
  /** Who is connected. */
  readonly clients = new Set<Session>();
  readonly #waiters = new Waiters((waiter) => {
    this.submit(waiter);
  });
  readonly #index = new KeyIndex((operation) => {
    this.submit(operation);
  });
  readonly #tools: BatchTools;
  readonly #atOnce: AtOnce;
  #queue: Waiting[] = [];
  readonly #busyNames = new Set<string>();
  readonly #busyOwners = new Set<object>();
  #scheduled = false;

  /**
   * @param channels - @defaultValue channels within this process
   * @param limits - how large values are split
   */
  constructor(documents: Documents, channels = new Channels(), limits = defaultSplitLimits) {
    this.documents = documents;
    this.channels = channels;
    this.#tools = { waiters: this.#waiters, index: this.#index, limits, channels, inParts: new Set() };
    this.#atOnce = new AtOnce({
      documents,
      index: this.#index,
      waiters: this.#waiters,
      limits,
      isFree: (name, owner) => this.#queue.length === 0 && !this.#busyNames.has(name) && !this.#busyOwners.has(owner),
    });
  }

  /** Takes an operation that waits until it finds something, or its time is over. It may be cancelled. */
  block(options: WaiterOptions): Waiter {
    const waiter = new Waiter(this.#waiters, options);
    this.submit(waiter);
    return waiter;
  }

  /** Does a command on one key at once; `undefined` if nothing was done, as it has to go through a batch. See {@link AtOnce}. */
  runAtOnce(command: Command, args: Arguments, client: AtOnceClient): Reply | undefined {
    return this.#atOnce.run(command, args, client);
  }

  /** Takes an operation; it is settled exactly once. */
  submit(operation: Operation): void {
    const { names, blind, owner } = operation;
    this.#queue.push({
      names,
      blind,
      owner,
      run: (workspace) => operation.run(workspace),
      settle: (reply) => operation.settle(reply),
      loose: operation.loose,
      waiter: operation.waiter,
      since: Date.now(),
      attempts: 0,
    });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After every callback of this turn, so that what they submit goes into the same batch.
    process.nextTick(() => {
      this.#scheduled = false;
      const batch = this.#take();
      if (batch.length > 0) void this.#work(batch);
    });
  }

  /** The operations that may start: none of their documents is at work, and no earlier one of theirs has to wait. */
  #take(): Waiting[] {
    const names = new Set(this.#busyNames);
    const owners = new Set(this.#busyOwners);
    const batch: Waiting[] = [];
    this.#queue = this.#queue.filter((waiting) => {
      const free =
        batch.length < maxBatch && !owners.has(waiting.owner) && !waiting.names.some((name) => names.has(name));
      if (free) {
        batch.push(waiting);
        return false;
      }
      owners.add(waiting.owner);
      for (const name of waiting.names) names.add(name);
      return true;
    });
    return batch;
  }

  async #work(batch: readonly Waiting[]): Promise<void> {
    this.#mark(batch, true);
    const again = await this.#run(batch);
    if (again.length > 0) {
      const attempts = Math.min(...again.map((waiting) => ++waiting.attempts));
      // The others are at it too: whoever waits a different time comes through. Meanwhile nobody here may overtake.
      await wait(Math.random() * Math.min(2 ** attempts, maxPauseMs));
    }
    this.#mark(batch, false);
    this.#queue.unshift(...again);
    if (this.#queue.length > 0) this.#schedule();
  }

  async #run(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    try {
      const again = await runBatch(this.documents, batch, this.#tools);
      return again.filter((waiting) => !this.#gaveUp(waiting));
    } catch (error) {
      const reply = toErrorReply(error);
      for (const waiting of batch) waiting.settle(reply);
      return [];
    }
  }

  #gaveUp(waiting: Waiting): boolean {
    if (Date.now() - waiting.since < patienceMs) return false;
    const attempts = String(waiting.attempts + 1);
    waiting.settle(
      new ErrorReply(
        `ERR other processes changed the same keys during each of ${attempts} attempts; nothing was changed`,
      ),
    );
    return true;
  }

  #mark(batch: readonly Waiting[], busy: boolean): void {
    for (const { names, owner } of batch) {
      if (busy) this.#busyOwners.add(owner);
      else this.#busyOwners.delete(owner);
      for (const name of names) {
        if (busy) this.#busyNames.add(name);
        else this.#busyNames.delete(name);
      }
    }
  }
}
