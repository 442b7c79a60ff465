import { type AppClient, createAppClient } from "./app-client.js";
import { documentOf, type InventoryReport, type OrderReply, type WorkerState } from "./app-reports.js";
import { type DemoData, type OrderLine, type PriceRules, readDemoData } from "./demo-data.js";
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
interface DriveProgress {
  readonly phase: "first half" | "price rules" | "second half" | "deliveries" | "done";
  /** Orders that were answered. */
  readonly answered: number;
  readonly total: number;
  /** Order ids that the consumer has recorded, and how many it will record. */
  readonly delivered: number;
  readonly expected: number;
}

/** What a caller may do in the middle of a run, such as killing a process. */
interface DriveHooks {
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
 * @throws Error when an order or a change of price rules is not answered in time, or the app refuses a request; the
 * signal's reason when it is aborted
 */
export async function drive(options: DriveOptions): Promise<DriveResult> {
  const { ordersUrl, inventoryUrl, signal, concurrency = 16, answerTimeoutMs = 60_000 } = options;
  const data = await readDemoData(options.dataFolder, options.limit);
  const app = createAppClient({ ordersUrl, inventoryUrl, concurrency, answerTimeoutMs, signal });
  try {
    return await new Drive(app, data, { ...options, concurrency, answerTimeoutMs }).run();
  } finally {
    app.close();
  }
}

type ResolvedOptions = DriveOptions & Required<Pick<DriveOptions, "concurrency" | "answerTimeoutMs">>;

class Drive {
  readonly #app: AppClient;
  readonly #data: DemoData;
  readonly #options: ResolvedOptions;
  readonly #skuOf: ReadonlyMap<string, string>;
  readonly #downloads: ReadonlySet<string>;
  /** Order ids that the consumer must record. */
  readonly #expected = new Set<string>();
  #answered = 0;
  #delivered = 0;
  #sendingMs = 0;

  constructor(app: AppClient, data: DemoData, options: ResolvedOptions) {
    this.#app = app;
    this.#data = data;
    this.#options = options;
    this.#skuOf = new Map(data.halves.flat().map((order) => [order.id, order.sku]));
    this.#downloads = new Set(data.products.filter(({ shipping }) => shipping === "digital").map(({ sku }) => sku));
  }

  async run(): Promise<DriveResult> {
    const [firstRules, changedRules] = this.#data.rules;
    const start = performance.now();
    if (!(await this.#workersHave(firstRules))) await this.#applyRules(firstRules);
    await this.#send(this.#data.halves[0], "first half");
    await this.#applyRules(changedRules);
    await this.#send(this.#data.halves[1], "second half");
    const inventory = await this.#awaitDeliveries();
    const result = await this.#collect(inventory);
    this.#progress("done");
    return { ...result, seconds: (performance.now() - start) / 1000 };
  }

  async #send(half: readonly OrderLine[], phase: DriveProgress["phase"]): Promise<void> {
    const start = performance.now();
    await sendOrders(half, {
      concurrency: this.#options.concurrency,
      send: (order) => this.#app.place(order),
      onReply: (reply) => this.#note(reply, phase),
    });
    this.#sendingMs += performance.now() - start;
  }

  #note(reply: OrderReply, phase: DriveProgress["phase"]): void {
    this.#answered += 1;
    const download = this.#downloads.has(this.#skuOf.get(reply.id) ?? "");
    if (reply.status === "accepted" && !download) this.#expected.add(reply.id);
    this.#progress(phase);
    this.#options.hooks?.onOrdersDone?.(this.#answered);
  }

  async #workersHave({ revision }: PriceRules): Promise<boolean> {
    const workers = await this.#app.workers();
    return workers.length >= (this.#options.workers ?? 2) && workers.every((worker) => worker.revision === revision);
  }

  async #applyRules(rules: PriceRules): Promise<void> {
    this.#progress("price rules");
    await this.#app.publishRules(rules);
    if (await this.#until(() => this.#workersHave(rules), this.#options.answerTimeoutMs)) return;
    const workers = JSON.stringify(await this.#app.workers());
    throw new Error(`not every worker of orders has revision ${rules.revision} of the price rules: ${workers}`);
  }

  async #awaitDeliveries(): Promise<InventoryReport> {
    const { deliveryTimeoutMs = 120_000 } = this.#options;
    let report = await this.#app.inventoryReport();
    await this.#until(async () => {
      report = await this.#app.inventoryReport();
      this.#delivered = Object.keys(report.deliveries).length;
      this.#progress("deliveries");
      return this.#missing(report).length === 0;
    }, deliveryTimeoutMs);
    return report;
  }

  /** A delivery counts when its movement is recorded, and when the drill's second delivery was seen. */
  #missing({ movements, deliveries, redeliveries }: InventoryReport): string[] {
    const drill = this.#data.redeliveryDrill;
    return [...this.#expected].filter(
      (id) => !(id in movements) || !(id in deliveries) || (id === drill && !(id in redeliveries)),
    );
  }

  async #collect(inventory: InventoryReport): Promise<Omit<DriveResult, "seconds">> {
    const orders = await this.#app.ordersReport();
    const document = documentOf(orders, inventory);
    const times = Object.values(inventory.deliveries);
    return {
      result: hashOf(document),
      document,
      orders: { total: this.#skuOf.size, accepted: orders.counts.accepted, refused: orders.counts.refused },
      messages: {
        sent: orders.counts.announced,
        delivered: times.length,
        redelivered: times.reduce((sum, count) => sum + count - 1, 0),
        lost: this.#missing(inventory).length,
      },
      priceRuleChangedAt: orders.priceRulesFirstSeen[this.#data.rules[1].revision] ?? "",
      workers: await this.#app.workers(),
      rpcCalls: inventory.rpcCalls,
      ordersPerSecond: this.#skuOf.size / (this.#sendingMs / 1000),
    };
  }

  #progress(phase: DriveProgress["phase"]): void {
    this.#options.onProgress?.({
      phase,
      answered: this.#answered,
      total: this.#skuOf.size,
      delivered: this.#delivered,
      expected: this.#expected.size,
    });
  }

  /** Asks until the answer is yes; false when the time is over first. */
  async #until(isSo: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (!(await isSo())) {
      if (Date.now() >= deadline) return false;
      await pause(pollMs, this.#options.signal);
    }
    return true;
  }
}
