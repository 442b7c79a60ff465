import { type OrderOutcome, type ResultDocument } from "./result-document.js";

/** The reply to `POST /orders`. */
export interface OrderReply extends OrderOutcome {
  readonly id: string;
  readonly revision: number;
  readonly worker: string;
}

/** One entry of `GET /workers`. */
export interface WorkerState {
  readonly worker: string;
  readonly pid: number;
  /** Revision of the price rules that it works with; null before it has any. */
  readonly revision: number | null;
}

/** `GET /report` of `orders`. */
export interface OrdersReport {
  readonly articles: readonly {
    readonly sku: string;
    readonly accepted: number;
    readonly refused: number;
    readonly revenueCents: number;
  }[];
  readonly leaderboard: ResultDocument["leaderboard"];
  readonly orders: Readonly<Record<string, OrderOutcome>>;
  readonly counts: {
    readonly accepted: number;
    readonly refused: number;
    readonly pieces: number;
    readonly announced: number;
  };
  /** Revision to the time, in ISO 8601, at which the first worker had it. */
  readonly priceRulesFirstSeen: Readonly<Record<string, string>>;
}

/** `GET /report` of `inventory`. */
export interface InventoryReport {
  readonly articles: readonly { readonly sku: string; readonly stock: number; readonly available: number }[];
  /** Order id to pieces moved. */
  readonly movements: Readonly<Record<string, number>>;
  /** Order id to times delivered, failures included. */
  readonly deliveries: Readonly<Record<string, number>>;
  /** Order id to times delivered again after the consumer had failed. */
  readonly redeliveries: Readonly<Record<string, number>>;
  /** Calls that the stock service handled, by method. */
  readonly rpcCalls: Readonly<Record<string, number>>;
}

/** Puts what both services report into the form that is compared. */
export function documentOf(orders: OrdersReport, inventory: InventoryReport): ResultDocument {
  const stock = new Map(inventory.articles.map((article) => [article.sku, article.stock]));
  const articles = orders.articles.map(({ sku, accepted, refused, revenueCents }) => {
    const finalStock = stock.get(sku);
    if (finalStock === undefined) throw new Error(`inventory reports no stock of ${sku}`);
    return [sku, { accepted, refused, revenueCents, finalStock }] as const;
  });
  return { articles: Object.fromEntries(articles), leaderboard: orders.leaderboard, orders: orders.orders };
}
