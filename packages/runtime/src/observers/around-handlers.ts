import type { StreamHandler, StreamMethod, UnaryHandler, UnaryMethod } from "@mecha/sdk-core/protocol";
import type { HandlerTable, TableEntry } from "../doors/handler-table.js";

/** What is put around the handlers of a table; what answers with the handler itself leaves it as it is. */
export interface AroundHandlers {
  readonly unary?: (
    handle: UnaryHandler<unknown, unknown>,
    method: UnaryMethod<unknown, unknown>,
  ) => UnaryHandler<unknown, unknown>;
  readonly stream?: (
    handle: StreamHandler<unknown, unknown>,
    method: StreamMethod<unknown, unknown>,
  ) => StreamHandler<unknown, unknown>;
}

/** A table whose handlers have something around them. */
export function aroundHandlers(table: HandlerTable, around: AroundHandlers): HandlerTable {
  const wrapped = new Map<string, TableEntry>();
  for (const [path, entry] of table)
    wrapped.set(path, isUnary(entry) ? unaryEntry(entry, around) : streamEntry(entry, around));
  return wrapped;
}

type UnaryEntry = Extract<TableEntry, { method: UnaryMethod<unknown, unknown> }>;
type StreamEntry = Extract<TableEntry, { method: StreamMethod<unknown, unknown> }>;

function isUnary(entry: TableEntry): entry is UnaryEntry {
  return entry.method.kind === "unary";
}

function unaryEntry({ method, handle }: UnaryEntry, { unary }: AroundHandlers): TableEntry {
  return { method, handle: unary?.(handle, method) ?? handle };
}

function streamEntry({ method, handle }: StreamEntry, { stream }: AroundHandlers): TableEntry {
  return { method, handle: stream?.(handle, method) ?? handle };
}
