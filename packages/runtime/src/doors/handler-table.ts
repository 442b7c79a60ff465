import { daprOutline } from "@mecha/sdk-core/protocol-core";
import type { DaprHandlers, StreamHandler, StreamMethod, UnaryHandler, UnaryMethod } from "@mecha/sdk-core/protocol";

/** A method with one request and one response, without its messages. */
export type UnaryOutline = Pick<UnaryMethod<unknown, unknown>, "kind" | "path">;

/** A method where either side sends a stream, without its messages. */
export type StreamOutline = Pick<StreamMethod<unknown, unknown>, "kind" | "path">;

/** A method with who answers it. The types of its messages are known only to the two of them. */
export type TableEntry<U extends UnaryOutline = UnaryOutline, S extends StreamOutline = StreamOutline> =
  | { readonly method: U; readonly handle: UnaryHandler<unknown, unknown> }
  | { readonly method: S; readonly handle: StreamHandler<unknown, unknown> };

/** What every door serves: methods by their path on the wire. */
export type HandlerTable<U extends UnaryOutline = UnaryOutline, S extends StreamOutline = StreamOutline> = ReadonlyMap<
  string,
  TableEntry<U, S>
>;

/** A method with its messages and who answers it. */
export type WireEntry = TableEntry<UnaryMethod<unknown, unknown>, StreamMethod<unknown, unknown>>;

/** What a door serves that reads and writes messages on the wire. */
export type WireTable = HandlerTable<UnaryMethod<unknown, unknown>, StreamMethod<unknown, unknown>>;

/** Puts handlers under the paths of their methods. Methods without a handler are absent. */
export function handlerTable(handlers: DaprHandlers): HandlerTable {
  const table = new Map<string, TableEntry>();
  for (const [name, handle] of Object.entries(handlers)) {
    const method = daprOutline[name as keyof typeof daprOutline];
    // DaprHandlers has paired each handler with the method of its name.
    table.set(method.path, { method, handle } as unknown as TableEntry);
  }
  return table;
}
