import { type DemoData, type OrderLine, type PriceRules, type Product } from "./demo-data.js";
import { hashOf, type OrderOutcome, type ResultDocument } from "./result-document.js";

/** What a run must end with, calculated from its data alone: nothing of the app is imported. */
export interface Expected {
  readonly document: ResultDocument;
  /** Hash of the document. */
  readonly result: string;
  readonly orders: { readonly accepted: number; readonly refused: number };
  readonly messages: {
    /** Accepted orders, each announced by a message. */
    readonly sent: number;
    /** Order ids that the consumer must record: it takes no downloads. */
    readonly delivered: readonly string[];
    /** Order ids among them whose message fails once. */
    readonly redelivered: readonly string[];
  };
}

interface Article {
  readonly product: Product;
  stock: number;
  accepted: number;
  refused: number;
  revenueCents: number;
}

/** Goes through the orders one by one. Only the order within an article matters, and that is the file's. */
export function expectedOf(data: DemoData): Expected {
  const articles = new Map(data.products.map((product) => [product.sku, openArticle(product)]));
  const customers = new Map<string, number>();
  const outcomes: Record<string, OrderOutcome> = {};
  const delivered: string[] = [];

  for (const { order, rules } of ordersWithRules(data)) {
    const article = articles.get(order.sku);
    if (!article) throw new Error(`order ${order.id} is for ${order.sku}, which the catalog does not have`);
    const priceCents = priceOf(order, article.product, rules);
    const status = sell(article, order.quantity, priceCents);
    outcomes[order.id] = { status, priceCents };
    if (status === "refused") continue;
    customers.set(order.customer, (customers.get(order.customer) ?? 0) + priceCents);
    if (article.product.shipping !== "digital") delivered.push(order.id);
  }

  const document = { articles: summaries(articles), leaderboard: leaderboardOf(customers), orders: outcomes };
  const accepted = Object.values(outcomes).filter((outcome) => outcome.status === "accepted").length;
  return {
    document,
    result: hashOf(document),
    orders: { accepted, refused: Object.keys(outcomes).length - accepted },
    messages: { sent: accepted, delivered, redelivered: delivered.filter((id) => id === data.redeliveryDrill) },
  };
}

function openArticle(product: Product): Article {
  return { product, stock: product.stock, accepted: 0, refused: 0, revenueCents: 0 };
}

function* ordersWithRules(data: DemoData): Iterable<{ order: OrderLine; rules: PriceRules }> {
  for (const order of data.halves[0]) yield { order, rules: data.rules[0] };
  for (const order of data.halves[1]) yield { order, rules: data.rules[1] };
}

/** Cents are rounded half up, once for the piece and once for the goods. */
function priceOf(order: OrderLine, product: Product, rules: PriceRules): number {
  const piece = percentOf(product.priceCents, 100 - (rules.categoryDiscountPercent[product.category] ?? 0));
  const bulkPercent = order.quantity >= rules.bulk.fromQuantity ? rules.bulk.percent : 0;
  const goods = percentOf(piece * order.quantity, 100 - bulkPercent);
  return product.shipping === "express" ? goods + rules.expressSurchargeCents : goods;
}

function percentOf(cents: number, percent: number): number {
  return Math.floor((cents * percent + 50) / 100);
}

function sell(article: Article, quantity: number, priceCents: number): OrderOutcome["status"] {
  const download = article.product.shipping === "digital";
  if (!download && quantity > article.stock) {
    article.refused += 1;
    return "refused";
  }
  if (!download) article.stock -= quantity;
  article.accepted += 1;
  article.revenueCents += priceCents;
  return "accepted";
}

function summaries(articles: ReadonlyMap<string, Article>): ResultDocument["articles"] {
  const list = [...articles].map(([sku, { accepted, refused, revenueCents, stock }]) => [
    sku,
    { accepted, refused, revenueCents, finalStock: stock },
  ]);
  return Object.fromEntries(list) as ResultDocument["articles"];
}

function leaderboardOf(customers: ReadonlyMap<string, number>): ResultDocument["leaderboard"] {
  return [...customers]
    .map(([customer, cents]) => ({ customer, cents }))
    .sort((a, b) => b.cents - a.cents || (a.customer < b.customer ? 1 : -1));
}
