import type { Metadata, PublishOptions } from "@mecha/sdk-core";

/** Identity that survives two copies of this package. */
const brand = Symbol.for("mecha.nest.record/1");

/** What goes with a message or an event besides its data. */
export interface MechaRecordOptions {
  /** Headers of a message that `send()` sends; its handler has them in `context.getInvocation()`. */
  readonly headers?: Metadata;
  /** How `emit()` publishes an event: attributes of its CloudEvent, metadata for the component, its time to live. */
  readonly publish?: PublishOptions;
}

/** Data with what goes beside it, for `send()` and `emit()` of `MechaClient`; Nest's own transports have such records too. */
export class MechaRecord<T = unknown> {
  /** What the handler gets as its payload. */
  readonly data: T;
  readonly options: MechaRecordOptions;

  constructor(data: T, options: MechaRecordOptions = {}) {
    this.data = data;
    this.options = options;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Says whether a value is one, of this copy of the package or another. */
  static is(value: unknown): value is MechaRecord {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }
}

/** Takes a record apart; other data is itself, with nothing beside it. */
export function openRecord(data: unknown): Pick<MechaRecord, "data" | "options"> {
  return MechaRecord.is(data) ? data : { data, options: {} };
}
