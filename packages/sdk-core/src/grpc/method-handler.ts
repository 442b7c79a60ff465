import type { HandlersOf, StreamHandler, UnaryHandler } from "../transport/handler.js";
import type { StreamMethod, UnaryMethod } from "../transport/method.js";

/** A method with what answers it. The message types fit each other; the server does not need to know them. */
export type MethodHandler =
  | { readonly method: UnaryMethod<unknown, unknown>; readonly handle: UnaryHandler<unknown, unknown> }
  | { readonly method: StreamMethod<unknown, unknown>; readonly handle: StreamHandler<unknown, unknown> };

/** Pairs the methods of a service with their handlers, by path. */
export function methodHandlers<Methods extends object>(
  methods: Methods,
  handlers: HandlersOf<Methods>,
): Map<string, MethodHandler> {
  const byPath = new Map<string, MethodHandler>();
  for (const [name, method] of Object.entries(methods) as [string, { readonly path: string }][]) {
    const handle = (handlers as Readonly<Record<string, unknown>>)[name];
    // HandlersOf ties each handler to its method's types; here they are only carried together.
    if (handle !== undefined) byPath.set(method.path, { method, handle } as unknown as MethodHandler);
  }
  return byPath;
}
