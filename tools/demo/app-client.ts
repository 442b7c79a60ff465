import { setMaxListeners } from "node:events";
import { type InventoryReport, type OrderReply, type OrdersReport, type WorkerState } from "./app-reports.js";
import { type OrderLine, type PriceRules } from "./demo-data.js";
import { createHttpClient, type HttpCall } from "./http-client.js";

/** Where the example answers, and how patiently it is asked. */
export interface AppClientOptions {
  readonly ordersUrl: string;
  readonly inventoryUrl: string;
  /** Requests to one service under way at once. */
  readonly concurrency: number;
  /** How long one request is repeated while its service is away. */
  readonly answerTimeoutMs: number;
  /** Aborts every request; listened to by each that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** The HTTP interface of both services. Each request is repeated until its service answers. */
export interface AppClient {
  place(order: OrderLine): Promise<OrderReply>;
  publishRules(rules: PriceRules): Promise<void>;
  workers(): Promise<readonly WorkerState[]>;
  ordersReport(): Promise<OrdersReport>;
  inventoryReport(): Promise<InventoryReport>;
  close(): void;
}

/** Creates a client of the example. Nothing is sent yet. */
export function createAppClient(options: AppClientOptions): AppClient {
  const { ordersUrl, inventoryUrl, concurrency, answerTimeoutMs } = options;
  const http = createHttpClient(concurrency);
  // A signal of our own: more requests listen to it than Node finds usual.
  const signal = AbortSignal.any(options.signal ? [options.signal] : []);
  setMaxListeners(0, signal);

  function call<Answer>(method: HttpCall["method"], url: string, body?: unknown): Promise<Answer> {
    return http.send<Answer>({ method, url: new URL(url), body, deadline: Date.now() + answerTimeoutMs, signal });
  }

  return {
    place: (order) => call("POST", `${ordersUrl}/orders`, order),
    async publishRules(rules) {
      await call("PUT", `${ordersUrl}/price-rules`, rules);
    },
    async workers() {
      const { workers } = await call<{ workers: readonly WorkerState[] }>("GET", `${ordersUrl}/workers`);
      return workers;
    },
    ordersReport: () => call("GET", `${ordersUrl}/report`),
    inventoryReport: () => call("GET", `${inventoryUrl}/report`),
    close: () => http.close(),
  };
}
