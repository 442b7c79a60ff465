import type { StateCondition } from "@mecha/spec";
import { compareSameType, fieldOf } from "./query-fields.js";

/** Whether a JSON document is what a query asks for. */
export function meetsCondition(document: unknown, condition: StateCondition): boolean {
  switch (condition.operator) {
    case "AND":
      return condition.conditions.every((part) => meetsCondition(document, part));
    case "OR":
      return condition.conditions.some((part) => meetsCondition(document, part));
    case "IN": {
      const field = fieldOf(document, condition.key);
      return condition.values.some((value) => value === field);
    }
    default:
      return comparison[condition.operator](fieldOf(document, condition.key), condition.value);
  }
}

type Comparison = (field: unknown, value: Parameters<typeof compareSameType>[1]) => boolean;

const comparison: Readonly<Record<"EQ" | "NEQ" | "GT" | "GTE" | "LT" | "LTE", Comparison>> = {
  EQ: (field, value) => field === value,
  NEQ: (field, value) => field !== undefined && field !== value,
  GT: (field, value) => (compareSameType(field, value) ?? 0) > 0,
  GTE: (field, value) => (compareSameType(field, value) ?? -1) >= 0,
  LT: (field, value) => (compareSameType(field, value) ?? 0) < 0,
  LTE: (field, value) => (compareSameType(field, value) ?? 1) <= 0,
};
