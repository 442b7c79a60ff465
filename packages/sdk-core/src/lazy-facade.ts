/**
 * How each member of a facade answers: `call` with a promise, `stream` with an async iterable. Complete by its type: a
 * facade cannot get a member that is not listed.
 */
export type FacadeShape<T> = {
  readonly [K in keyof T]: T[K] extends (...args: never[]) => Promise<unknown>
    ? "call"
    : T[K] extends (...args: never[]) => AsyncIterable<unknown>
      ? "stream"
      : never;
};

/** A module that is imported when it is first needed. */
export interface LazyModule<M> {
  /** The module, once it is there. */
  readonly loaded: M | undefined;
  /** Imports the module; tries again after a failure. */
  load(): Promise<M>;
}

/** Puts an import off until it is needed. */
export function lazyModule<M>(importModule: () => Promise<M>): LazyModule<M> {
  let loaded: M | undefined;
  return {
    get loaded() {
      return loaded;
    },
    async load() {
      return (loaded ??= await importModule());
    },
  };
}

type AnyFacade = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/**
 * A facade whose module is loaded by the first call, so that an app pays only for the building blocks that it uses. Once
 * the module is there, the facade itself is given.
 */
export function lazyFacade<M, T extends object>(
  module: LazyModule<M>,
  create: (module: M) => T,
  shape: FacadeShape<NoInfer<T>>,
): T {
  if (module.loaded !== undefined) return create(module.loaded);
  let made: AnyFacade | undefined;
  // The facade is only looked up by the names in its shape.
  const facadeOf = (loaded: M): AnyFacade => (made ??= create(loaded) as unknown as AnyFacade);
  const members = Object.entries<string>(shape).map(([name, kind]) => {
    const call = (...args: unknown[]): unknown =>
      made === undefined ? module.load().then((loaded) => facadeOf(loaded)[name]?.(...args)) : made[name]?.(...args);
    const stream = (...args: unknown[]): AsyncIterable<unknown> => ({
      async *[Symbol.asyncIterator]() {
        yield* facadeOf(await module.load())[name]?.(...args) as AsyncIterable<unknown>;
      },
    });
    return [name, kind === "stream" ? stream : call] as const;
  });
  // Every member of T is in its shape, with the kind of its result.
  return Object.fromEntries(members) as T;
}
