import { IntrinsicException } from "@nestjs/common";

/** Identity that survives two copies of this package. */
const brand = Symbol.for("mecha.nest.drop/1");

/**
 * What a handler throws to give an event up: it goes to the dead letter topic if there is one, and does not come again. A job is
 * done with it, a binding answered. Nest does not log it as an error.
 */
export class DropEvent extends IntrinsicException {
  constructor(reason: string, options?: { readonly cause?: unknown }) {
    super(reason, options);
    this.name = "DropEvent";
    Object.defineProperty(this, brand, { value: true });
  }

  /** Says whether a value is one, of this copy of the package or another. */
  static is(value: unknown): value is DropEvent {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }
}
