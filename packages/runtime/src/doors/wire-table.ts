import { daprMethods } from "@mecha/sdk-core/protocol";
import type { HandlerTable, WireTable } from "./handler-table.js";

const methods = new Map<string, unknown>(Object.values(daprMethods).map((method) => [method.path, method]));

/** A table of the Dapr service with the messages of its methods, for a door that reads and writes them. */
export function wireTable(table: HandlerTable): WireTable {
  const entries = [...table].map(([path, { handle }]) => [path, { method: methods.get(path), handle }] as const);
  // The method of a path is the one that the handler of that path is for.
  return new Map(entries) as unknown as WireTable;
}
