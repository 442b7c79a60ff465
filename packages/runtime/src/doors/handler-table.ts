import {
  daprMethods,
  type DaprHandlers,
  type StreamHandler,
  type StreamMethod,
  type UnaryHandler,
  type UnaryMethod,
} from "@mecha/sdk-core/protocol";

/** A method with who answers it. The types of its messages are known only to the two of them. */
export type TableEntry =
  | { readonly method: UnaryMethod<unknown, unknown>; readonly handle: UnaryHandler<unknown, unknown> }
  | { readonly method: StreamMethod<unknown, unknown>; readonly handle: StreamHandler<unknown, unknown> };

/** What every door serves: methods by their path on the wire. */
export type HandlerTable = ReadonlyMap<string, TableEntry>;

/** Puts handlers under the paths of their methods. Methods without a handler are absent. */
export function handlerTable(handlers: DaprHandlers): HandlerTable {
  const table = new Map<string, TableEntry>();
  for (const [name, handle] of Object.entries(handlers)) {
    const method = daprMethods[name as keyof typeof daprMethods];
    // DaprHandlers has paired each handler with the messages of the method of its name.
    table.set(method.path, { method, handle } as unknown as TableEntry);
  }
  return table;
}
