import { type OrderReply } from "./app-reports.js";
import { type OrderLine } from "./demo-data.js";

/** How orders are sent. */
export interface SendOrdersOptions {
  /** Orders under way at once. */
  readonly concurrency: number;
  send(order: OrderLine): Promise<OrderReply>;
  onReply(reply: OrderReply): void;
}

/** Sends orders and waits for all replies: those of one article one after the other, articles side by side. */
export async function sendOrders(orders: readonly OrderLine[], options: SendOrdersOptions): Promise<void> {
  const idle = [...lanesOf(orders).values()];
  let failed = false;

  async function sendNext(): Promise<void> {
    for (let lane = idle.shift(); lane && !failed; lane = idle.shift()) {
      const order = lane.shift();
      if (!order) continue;
      options.onReply(await options.send(order));
      idle.push(lane);
    }
  }

  async function sender(): Promise<void> {
    try {
      await sendNext();
    } catch (cause) {
      failed = true;
      throw cause;
    }
  }

  await Promise.all(Array.from({ length: Math.min(options.concurrency, idle.length) }, sender));
}

function lanesOf(orders: readonly OrderLine[]): Map<string, OrderLine[]> {
  const lanes = new Map<string, OrderLine[]>();
  for (const order of orders) {
    const lane = lanes.get(order.sku);
    if (lane) lane.push(order);
    else lanes.set(order.sku, [order]);
  }
  return lanes;
}
