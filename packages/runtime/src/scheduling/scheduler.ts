import { MechaError, type ComponentLogger } from "@mecha/spec";
import type { Clock } from "./clock.js";
import type { Registration, ScheduleEntry, ScheduleTarget } from "./schedule-entry.js";
import { afterFailure, afterSuccess, beginEntry } from "./schedule-progress.js";
import type { ScheduleStore } from "./schedule-store.js";
import { SlotTable, type Slot } from "./slot-table.js";

/**
 * What became of an event: it was handled, it was handled and shall not come again, its handler failed, or there is
 * nobody now who could handle it.
 */
export type DeliveryOutcome = "done" | "cancel" | "failed" | "undeliverable";

/** Brings an event to whom it is for. Never rejects. */
type Deliver = (registration: ScheduleEntry["registration"]) => Promise<DeliveryOutcome>;

/** What a scheduler is made of. */
export interface SchedulerOptions {
  readonly store: ScheduleStore;
  readonly deliver: Deliver;
  readonly clock: Clock;
  readonly logger: ComponentLogger;
}

/**
 * Fires reminders and jobs when they are due, each one at a time, at least once: what was registered is stored before that is
 * answered, what was delivered is stored after it. Times that were missed while nobody ran are made up for, one after another.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #slots = new SlotTable();
  readonly #firing = new Set<Promise<void>>();
  #closed = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Takes up what the store holds. */
  async start(): Promise<void> {
    for (const entry of await this.#options.store.load()) this.#arm(this.#slots.set(entry));
  }

  /**
   * Registers a job or a reminder; resolves when it is stored.
   *
   * @throws MechaError `ALREADY_EXISTS`, if there is one for the target and `overwrite` is not set; Error for what is no schedule
   */
  async register(registration: Registration, overwrite: boolean): Promise<void> {
    const { target } = registration;
    const before = this.#slots.get(target);
    if (before !== undefined && !overwrite)
      throw new MechaError("ALREADY_EXISTS", `job already exists: '${target.name}'`, {
        operation: "scheduler.register",
      });
    const entry = beginEntry(registration, this.#options.clock.now());
    if (entry === undefined) return this.remove(target);
    // In its place before it is stored: what is delivered meanwhile for the one before must not take it away again.
    const slot = this.#slots.set(entry);
    try {
      await this.#options.store.put(entry);
    } catch (error) {
      if (this.#slots.restore(slot, before) && before !== undefined) this.#arm(before);
      throw error;
    }
    this.#arm(slot);
  }

  /** The registration for a target, and how it stands. */
  get(target: ScheduleTarget): ScheduleEntry | undefined {
    return this.#slots.get(target)?.entry;
  }

  /** What is registered for the targets that are chosen. */
  list(isMeant: (target: ScheduleTarget) => boolean): readonly ScheduleEntry[] {
    return this.#slots.all().flatMap(({ entry }) => (isMeant(entry.registration.target) ? [entry] : []));
  }

  /** Ends a registration; resolves when that is stored. */
  async remove(target: ScheduleTarget): Promise<void> {
    if (this.#slots.delete(target)) await this.#options.store.remove(target);
  }

  /** Ends the registrations for the targets that are chosen. */
  async removeAll(isMeant: (target: ScheduleTarget) => boolean): Promise<void> {
    await Promise.all(this.list(isMeant).map(({ registration }) => this.remove(registration.target)));
  }

  /** Tries again what nobody could handle: somebody new is there. */
  wake(): void {
    for (const slot of this.#slots.all()) {
      if (!slot.isStaged) continue;
      slot.isStaged = false;
      this.#arm(slot);
    }
  }

  /** Fires no more; resolves when what was being delivered is stored, or after the time that it is given. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    this.#slots.disarm();
    if (this.#firing.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([Promise.all(this.#firing), timeout]);
    clearTimeout(timer);
  }

  #arm(slot: Slot): void {
    if (this.#closed || slot.isFiring || slot.isStaged || !this.#slots.holds(slot)) return;
    slot.disarm?.();
    slot.disarm = this.#options.clock.at(slot.entry.nextMs, () => {
      const firing = this.#fire(slot).finally(() => this.#firing.delete(firing));
      this.#firing.add(firing);
    });
  }

  async #fire(slot: Slot): Promise<void> {
    const { deliver, store, logger } = this.#options;
    const { entry } = slot;
    const { target } = entry.registration;
    slot.isFiring = true;
    const outcome = await this.#confirmed().then((isOurs) => (isOurs ? deliver(entry.registration) : "undeliverable"));
    slot.isFiring = false;
    // Somebody has ended it, or registered it anew.
    if (!this.#slots.holds(slot)) return;
    if (outcome === "undeliverable") {
      slot.isStaged = true;
      return;
    }
    const next = outcome === "cancel" ? undefined : outcome === "done" ? afterSuccess(entry) : afterFailure(entry);
    try {
      if (next === undefined) {
        this.#slots.delete(target);
        await store.remove(target);
      } else {
        slot.entry = next;
        await store.put(next);
      }
    } catch (error) {
      logger.warn(`${target.kind} "${target.name}" was delivered, but storing that failed: ${String(error)}`);
    }
    this.#arm(slot);
  }

  /** Whether it is this process that fires: one that slept for long may have been replaced. */
  async #confirmed(): Promise<boolean> {
    const { store, logger } = this.#options;
    if (store.isLeaseFresh) return true;
    try {
      await store.renew();
      return true;
    } catch (error) {
      logger.warn(`reminders and jobs wait: ${String(error)}`);
      return false;
    }
  }
}
