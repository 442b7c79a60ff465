import type { StreamHandler, UnaryHandler } from "@mecha/sdk-core/protocol";
import type { HandlerTable, StreamOutline, TableEntry, UnaryOutline } from "../doors/handler-table.js";

/** What is put around the handlers of a table; what answers with the handler itself leaves it as it is. */
export interface AroundHandlers<U extends UnaryOutline = UnaryOutline, S extends StreamOutline = StreamOutline> {
  readonly unary?: (handle: UnaryHandler<unknown, unknown>, method: U) => UnaryHandler<unknown, unknown>;
  readonly stream?: (handle: StreamHandler<unknown, unknown>, method: S) => StreamHandler<unknown, unknown>;
}

/** A table whose handlers have something around them. */
export function aroundHandlers<U extends UnaryOutline, S extends StreamOutline>(
  table: HandlerTable<U, S>,
  around: AroundHandlers<U, S>,
): HandlerTable<U, S> {
  const wrapped = new Map<string, TableEntry<U, S>>();
  for (const [path, entry] of table)
    wrapped.set(path, isUnary(entry) ? unaryEntry(entry, around) : streamEntry(entry, around));
  return wrapped;
}

interface UnaryEntry<U> {
  readonly method: U;
  readonly handle: UnaryHandler<unknown, unknown>;
}

interface StreamEntry<S> {
  readonly method: S;
  readonly handle: StreamHandler<unknown, unknown>;
}

function isUnary<U extends UnaryOutline, S extends StreamOutline>(
  entry: UnaryEntry<U> | StreamEntry<S>,
): entry is UnaryEntry<U> {
  return entry.method.kind === "unary";
}

function unaryEntry<U extends UnaryOutline>(
  { method, handle }: UnaryEntry<U>,
  { unary }: Pick<AroundHandlers<U>, "unary">,
): UnaryEntry<U> {
  return { method, handle: unary?.(handle, method) ?? handle };
}

function streamEntry<S extends StreamOutline>(
  { method, handle }: StreamEntry<S>,
  { stream }: Pick<AroundHandlers<UnaryOutline, S>, "stream">,
): StreamEntry<S> {
  return { method, handle: stream?.(handle, method) ?? handle };
}
