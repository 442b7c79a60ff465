/** Calls that have begun and not ended, so that a component is closed only when those that may use it are over. */
export class CallsUnderWay {
  readonly #open = new Set<Promise<unknown>>();

  /** Counts a call until it settles; gives it back as it is. */
  during<T>(call: Promise<T>): Promise<T> {
    this.#open.add(call);
    const end = (): void => void this.#open.delete(call);
    call.then(end, end);
    return call;
  }

  /** Resolves when the calls that are under way now have settled; later ones are not waited for. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#open]);
  }
}
