/** Makes the arguments of a method of what it is called with; throws what cannot be read. */
export type ReadArguments = (given: readonly unknown[]) => readonly unknown[];

/** A method without guards, interceptors and pipes. */
export interface Bare {
  readonly instance: object;
  readonly callback: (...parameters: unknown[]) => unknown;
  readonly read: ReadArguments;
  /** Waits for a stream. */
  readonly toResult: (result: unknown) => Promise<unknown>;
  /** Lets exception filters say what becomes of an error. */
  readonly failed: (thrown: unknown, given: readonly unknown[]) => unknown;
}

/** Calls such a method. There is a promise only if the method gives one, or a stream, or fails. */
export function bareTarget(bare: Bare): (...given: readonly unknown[]) => unknown {
  const { instance, callback, read, failed } = bare;
  return (...given) => {
    try {
      const result = callback.apply(instance, read(given) as unknown[]);
      return isThing(result) ? settled(result, given, bare) : result;
    } catch (thrown) {
      return failed(thrown, given);
    }
  };
}

async function settled(pending: unknown, given: readonly unknown[], { toResult, failed }: Bare): Promise<unknown> {
  try {
    const result = await pending;
    return isThing(result) ? await toResult(result) : result;
  } catch (thrown) {
    return failed(thrown, given);
  }
}

/** Whether it could be a promise or a stream. */
function isThing(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
