import { setMaxListeners } from "node:events";
import {
  documentOf,
  type InventoryReport,
  type OrderReply,
  type OrdersReport,
  type WorkerState,
} from "./app-reports.js";
import { type DemoData, type OrderLine, type PriceRules, readDemoData } from "./demo-data.js";
import { createHttpClient, type HttpCall } from "./http-client.js";
import { pause } from "./pause.js";
import { hashOf, type ResultDocument } from "./result-document.js";
import { sendOrders } from "./send-orders.js";

/** Where the example runs and how it is driven. */
export interface DriveOptions {
  /** Base address of `orders`, such as `http://127.0.0.1:7001`. */
  readonly ordersUrl: string;
  readonly inventoryUrl: string;
  /** The example's `data` folder. */
  readonly dataFolder: string;
  /** Takes only the first orders of the data. @defaultValue all */
  readonly limit?: number;
  /** Orders under way at once. @defaultValue 16 */
  readonly concurrency?: number;
  /** Workers that must report the changed price rules. @defaultValue 2 */
  readonly workers?: number;
  /** How long an order, or a change of price rules, is tried. @defaultValue 60000 */
  readonly answerTimeoutMs?: number;
  /** How long deliveries are waited for after the last order. @defaultValue 120000 */
  readonly deliveryTimeoutMs?: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: DriveProgress): void;
  readonly hooks?: DriveHooks;
}

/** Where a run is. */
export interface DriveProgress {
  readonly phase: "first half" | "price rules" | "second half" | "deliveries" | "done";
  /** Orders that were answered. */
  readonly answered: number;
  readonly total: number;
  /** Order ids that the consumer has recorded, and how many it will record. */
  readonly delivered: number;
  readonly expected: number;
}

/** What a caller may do in the middle of a run, such as killing a process. */
export interface DriveHooks {
  /** Runs after each answered order with the number answered so far. */
  onOrdersDone?(count: number): void;
}

/** How a run ended. */
export interface DriveResult {
  /** Hash of `document`. */
  readonly result: string;
  readonly document: ResultDocument;
  readonly orders: { readonly total: number; readonly accepted: number; readonly refused: number };
  readonly messages: {
    /** Orders that were announced by a message. */
    readonly sent: number;
    /** Order ids that the consumer recorded. */
    readonly delivered: number;
    /** Deliveries beyond the first of each order id. */
    readonly redelivered: number;
    /** Order ids that the consumer should have recorded and has not, or not again after its failure. */
    readonly lost: number;
  };
  /** When the first worker had the changed price rules, ISO 8601. */
  readonly priceRuleChangedAt: string;
  readonly workers: readonly WorkerState[];
  /** Calls that the stock service counted, by method. */
  readonly rpcCalls: Readonly<Record<string, number>>;
  /** Whole run, waiting included. */
  readonly seconds: number;
  /** While orders were sent: without the change of price rules and the last deliveries. */
  readonly ordersPerSecond: number;
}

const pollMs = 100;

/**
 * Drives the example through its data: first half, changed price rules, second half, deliveries, reports. Any process
 * of the app may die and come back meanwhile.
 *
 * Deliveries that do not come within `deliveryTimeoutMs` are counted as lost.
 *
 * @throws Error when an order or a change of price rules is not answered in time, or the app refuses a request
 */
export async function drive(options: DriveOptions): Promise<DriveResult> {
  const data = await readDemoData(options.dataFolder, options.limit);
  const run = createRun(options, data);
  try {
    return await run();
  } finally {
    run.close();
  }
}

interface Run {
  (): Promise<DriveResult>;
  close(): void;
}

function createRun(options: DriveOptions, data: DemoData): Run {
  const { concurrency = 16, answerTimeoutMs = 60_000, deliveryTimeoutMs = 120_000 } = options;
  // A signal of our own: every request under way listens to it.
  const signal = AbortSignal.any(options.signal ? [options.signal] : []);
  setMaxListeners(0, signal);
  const client = createHttpClient(concurrency);
  const deliverable = new Set(data.products.filter(({ shipping }) => shipping !== "digital").map(({ sku }) => sku));
  const total = data.halves[0].length + data.halves[1].length;

  /** Order ids that the consumer must record. */
  const expected = new Set<string>();
  let answered = 0;
  let delivered = 0;
  let sendingMs = 0;

  const progress = (phase: DriveProgress["phase"]): void =>
    options.onProgress?.({ phase, answered, total, delivered, expected: expected.size });

  function call<Answer>(method: HttpCall["method"], url: string, body?: unknown): Promise<Answer> {
    return client.send<Answer>({ method, url: new URL(url), body, deadline: Date.now() + answerTimeoutMs, signal });
  }

  const listWorkers = async (): Promise<readonly WorkerState[]> =>
    (await call<{ workers: readonly WorkerState[] }>("GET", `${options.ordersUrl}/workers`)).workers;

  async function workersHave(revision: number): Promise<boolean> {
    const workers = await listWorkers();
    return workers.length >= (options.workers ?? 2) && workers.every((worker) => worker.revision === revision);
  }

  async function applyRules(rules: PriceRules): Promise<void> {
    progress("price rules");
    await call("PUT", `${options.ordersUrl}/price-rules`, rules);
    const everyWorker = await until(() => workersHave(rules.revision), answerTimeoutMs, signal);
    if (!everyWorker) {
      throw new Error(
        `not every worker of orders has revision ${rules.revision} of the price rules: ${JSON.stringify(await listWorkers())}`,
      );
    }
  }

  async function sendHalf(half: readonly OrderLine[], phase: DriveProgress["phase"]): Promise<void> {
    const skuOf = new Map(half.map((order) => [order.id, order.sku]));
    const start = performance.now();
    await sendOrders(half, {
      concurrency,
      send: (order) => call<OrderReply>("POST", `${options.ordersUrl}/orders`, order),
      onReply: (reply) => {
        answered += 1;
        if (reply.status === "accepted" && deliverable.has(skuOf.get(reply.id) ?? "")) expected.add(reply.id);
        progress(phase);
        options.hooks?.onOrdersDone?.(answered);
      },
    });
    sendingMs += performance.now() - start;
  }

  const readInventory = (): Promise<InventoryReport> => call<InventoryReport>("GET", `${options.inventoryUrl}/report`);

  async function awaitDeliveries(): Promise<InventoryReport> {
    await until(
      async () => {
        const report = await readInventory();
        delivered = Object.keys(report.deliveries).length;
        progress("deliveries");
        return missing(report).length === 0;
      },
      deliveryTimeoutMs,
      signal,
    );
    return readInventory();
  }

  /** A delivery counts when its movement is recorded, and when the drill's second delivery was seen. */
  function missing({ movements, deliveries, redeliveries }: InventoryReport): string[] {
    return [...expected].filter(
      (id) => !(id in movements) || !(id in deliveries) || (id === data.redeliveryDrill && !(id in redeliveries)),
    );
  }

  async function run(): Promise<DriveResult> {
    const start = performance.now();
    if (!(await workersHave(data.rules[0].revision))) await applyRules(data.rules[0]);
    await sendHalf(data.halves[0], "first half");
    await applyRules(data.rules[1]);
    await sendHalf(data.halves[1], "second half");
    const inventory = await awaitDeliveries();
    const orders = await call<OrdersReport>("GET", `${options.ordersUrl}/report`);
    progress("done");

    const document = documentOf(orders, inventory);
    const deliveries = Object.values(inventory.deliveries);
    return {
      result: hashOf(document),
      document,
      orders: { total, accepted: orders.counts.accepted, refused: orders.counts.refused },
      messages: {
        sent: orders.counts.announced,
        delivered: deliveries.length,
        redelivered: deliveries.reduce((sum, times) => sum + times - 1, 0),
        lost: missing(inventory).length,
      },
      priceRuleChangedAt: orders.priceRulesFirstSeen[data.rules[1].revision] ?? "",
      workers: await listWorkers(),
      rpcCalls: inventory.rpcCalls,
      seconds: (performance.now() - start) / 1000,
      ordersPerSecond: total / (sendingMs / 1000),
    };
  }

  return Object.assign(run, { close: () => client.close() });
}

/** Asks until the answer is yes; false when the time is over first. */
async function until(isSo: () => Promise<boolean>, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() >= deadline) return false;
    await pause(pollMs, signal);
  }
  return true;
}
