const unsent = new WeakSet<object>();

/** Notes of an error that the call it ended never reached the runtime. */
export function markUnsent<T extends object>(error: T): T {
  unsent.add(error);
  return error;
}

/** Whether the call that this error ended certainly was not done, so that it may be sent again whatever it was. */
export function isUnsent(error: unknown): boolean {
  return typeof error === "object" && error !== null && unsent.has(error);
}
