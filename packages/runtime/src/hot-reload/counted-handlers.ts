import type { CallContext, UnaryHandler, UnaryMethod } from "@mecha/sdk-core/protocol";
import type { HandlerTable, TableEntry } from "../doors/handler-table.js";
import type { CallsUnderWay } from "./calls-under-way.js";

/** The same handlers, whose calls are counted while they are under way; streams are not, as subscriptions last. */
export function countedHandlers(handlers: HandlerTable, calls: CallsUnderWay): HandlerTable {
  return new Map([...handlers].map(([path, entry]) => [path, counted(entry, calls)]));
}

function counted(entry: TableEntry, calls: CallsUnderWay): TableEntry {
  if (!isUnary(entry)) return entry;
  const { method, handle } = entry;
  return { method, handle: (request: unknown, context: CallContext) => calls.during(handle(request, context)) };
}

interface UnaryEntry {
  readonly method: UnaryMethod<unknown, unknown>;
  readonly handle: UnaryHandler<unknown, unknown>;
}

/** The kind of a method decides what its handler is. */
function isUnary(entry: TableEntry): entry is UnaryEntry {
  return entry.method.kind === "unary";
}
