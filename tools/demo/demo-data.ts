import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** One line of `orders.jsonl`: the body of `POST /orders`. */
export interface OrderLine {
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly customer: string;
}

/** An article of `catalog.json`. Downloads (`digital`) are never out of stock. */
export interface Product {
  readonly sku: string;
  readonly category: string;
  readonly shipping: "standard" | "express" | "digital";
  readonly priceCents: number;
  readonly stock: number;
}

/** The document that the app takes its prices from. */
export interface PriceRules {
  readonly revision: number;
  readonly categoryDiscountPercent: Readonly<Record<string, number>>;
  readonly bulk: { readonly fromQuantity: number; readonly percent: number };
  readonly expressSurchargeCents: number;
}

/** Everything that decides how a run ends. */
export interface DemoData {
  readonly products: readonly Product[];
  /** Orders that are sent under the first price rules, then those that are sent under the changed ones. */
  readonly halves: readonly [readonly OrderLine[], readonly OrderLine[]];
  readonly rules: readonly [PriceRules, PriceRules];
  /** The order whose message fails at its first delivery. */
  readonly redeliveryDrill: string;
}

interface Catalog {
  readonly products: readonly Product[];
  readonly redeliveryDrill: string;
}

/**
 * Reads the example's data folder.
 *
 * @param limit - takes only the first orders of the file; all by default
 */
export async function readDemoData(folder: string, limit = Number.POSITIVE_INFINITY): Promise<DemoData> {
  const [catalog, orders, before, after] = await Promise.all([
    readJson<Catalog>(folder, "catalog.json"),
    readFile(join(folder, "orders.jsonl"), "utf8"),
    readJson<PriceRules>(folder, "price-rules.json"),
    readJson<PriceRules>(folder, "price-rules-sale.json"),
  ]);
  const lines = orders
    .split("\n")
    .filter((line) => line !== "")
    .slice(0, limit);
  const parsed = lines.map((line) => JSON.parse(line) as OrderLine);
  const middle = Math.floor(parsed.length / 2);
  return {
    products: catalog.products,
    halves: [parsed.slice(0, middle), parsed.slice(middle)],
    rules: [before, after],
    redeliveryDrill: catalog.redeliveryDrill,
  };
}

/** The files are the example's own, committed; their shape is checked by the test of what is calculated from them. */
async function readJson<Shape>(folder: string, file: string): Promise<Shape> {
  return JSON.parse(await readFile(join(folder, file), "utf8")) as Shape;
}
