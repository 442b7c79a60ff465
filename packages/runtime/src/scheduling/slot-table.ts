import { targetKey, type ScheduleEntry, type ScheduleTarget } from "./schedule-entry.js";

/** The place of an entry in a scheduler. */
export interface Slot {
  entry: ScheduleEntry;
  /** Whether it is being delivered. */
  isFiring: boolean;
  /** Whether it is due and waits for somebody who can handle it. */
  isStaged: boolean;
  /** Takes its alarm back. */
  disarm?: () => void;
}

/** The entries of a scheduler by their targets. */
export class SlotTable {
  readonly #slots = new Map<string, Slot>();

  get(target: ScheduleTarget): Slot | undefined {
    return this.#slots.get(keyOf(target));
  }

  all(): readonly Slot[] {
    return [...this.#slots.values()];
  }

  /** Whether a slot has its place still: it was neither removed nor replaced. */
  holds(slot: Slot): boolean {
    return this.get(slot.entry.registration.target) === slot;
  }

  /** Gives an entry a slot, in place of the one for its target. */
  set(entry: ScheduleEntry): Slot {
    this.#disarm(entry.registration.target);
    const slot: Slot = { entry, isFiring: false, isStaged: false };
    this.#slots.set(keyOf(entry.registration.target), slot);
    return slot;
  }

  /** Gives a place back to the slot that had it before, or to none; says whether the newer one still had it. */
  restore(slot: Slot, before: Slot | undefined): boolean {
    if (!this.holds(slot)) return false;
    if (before === undefined) this.delete(slot.entry.registration.target);
    else this.#slots.set(keyOf(slot.entry.registration.target), before);
    return true;
  }

  /** Says whether there was one. */
  delete(target: ScheduleTarget): boolean {
    this.#disarm(target);
    return this.#slots.delete(keyOf(target));
  }

  /** Takes all alarms back. */
  disarm(): void {
    for (const slot of this.#slots.values()) slot.disarm?.();
  }

  #disarm(target: ScheduleTarget): void {
    this.#slots.get(keyOf(target))?.disarm?.();
  }
}

function keyOf(target: ScheduleTarget): string {
  return `${target.kind} ${targetKey(target)}`;
}
