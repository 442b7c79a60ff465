import { createHash } from "node:crypto";

/** What became of one order. */
export interface OrderOutcome {
  readonly status: "accepted" | "refused";
  readonly priceCents: number;
}

/** What a run must come to in every place; `result` of a run is its hash. */
export interface ResultDocument {
  readonly articles: Readonly<
    Record<
      string,
      {
        readonly accepted: number;
        readonly refused: number;
        readonly revenueCents: number;
        readonly finalStock: number;
      }
    >
  >;
  /** Best customer first; of two with the same sum the one whose name sorts later, as ZREVRANGE has it. */
  readonly leaderboard: readonly { readonly customer: string; readonly cents: number }[];
  readonly orders: Readonly<Record<string, OrderOutcome>>;
}

/** SHA-256, in hexadecimal, of the document as JSON with sorted keys and without white space. */
export function hashOf(document: ResultDocument): string {
  return createHash("sha256").update(canonicalJson(document)).digest("hex");
}

/** JSON whose object keys are sorted by code unit, so that equal values give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (isRecord(part) ? sorted(part) : part));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
