import type { StreamHandler, UnaryHandler } from "@mecha/sdk-core/protocol";

/** Handlers that are loaded when one of them is first called, for blocks that many apps never use. */
export interface LazyHandlers<B> {
  /** A handler that answers by a unary one of the block. */
  readonly unary: <I, O>(choose: (block: B) => UnaryHandler<I, O>) => UnaryHandler<I, O>;
  /** A handler that answers by a streaming one of the block. */
  readonly stream: <I, O>(choose: (block: B) => StreamHandler<I, O>) => StreamHandler<I, O>;
}

/** Makes handlers of a block that `load` loads, once. */
export function createLazyHandlers<B>(load: () => Promise<B>): LazyHandlers<B> {
  let loading: Promise<B> | undefined;
  let loaded: B | undefined;
  const block = (): Promise<B> =>
    (loading ??= load().then((made) => {
      loaded = made;
      return made;
    }));
  return {
    unary: (choose) => (request, context) =>
      loaded === undefined ? block().then((made) => choose(made)(request, context)) : choose(loaded)(request, context),
    stream: (choose) =>
      async function* handle(requests, context) {
        yield* choose(await block())(requests, context);
      },
  };
}
