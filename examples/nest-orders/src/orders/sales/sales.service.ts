import type { State } from "@mecha/sdk-core";
import { InjectState, OnBinding, Payload, Subscribe } from "@mecha/sdk-nest";
import { Injectable } from "@nestjs/common";
import { change } from "../../shared/change.js";
import type { OrderSold } from "../../shared/events.js";

/** What was sold. */
export interface Sales {
  readonly orders: number;
  readonly total: number;
}

/** The sales as they were at a time. */
export interface SalesReport extends Sales {
  /** ISO 8601. */
  readonly at: string;
}

const none: Sales = { orders: 0, total: 0 };

/** Adds up what is sold, and reports it whenever the clock's binding says so. */
@Injectable()
export class SalesService {
  constructor(
    @InjectState("store") private readonly sales: State<Sales>,
    @InjectState("store") private readonly reports: State<SalesReport>,
  ) {}

  /** Many orders are one write. A batch that comes again counts twice: the report is for people, not for the tax office. */
  @Subscribe("events", "order.sold", { bulk: { maxMessagesCount: 100, maxAwaitDurationMs: 50 } })
  async add(@Payload() sold: readonly OrderSold[]): Promise<void> {
    const total = sold.reduce((sum, each) => sum + each.total, 0);
    await change(this.sales, "sales", (before = none) => ({
      orders: before.orders + sold.length,
      total: before.total + total,
    }));
  }

  @OnBinding("every-second")
  async report(): Promise<void> {
    const sales = (await this.sales.get("sales"))?.value ?? none;
    await this.reports.save("sales-report", { ...sales, at: new Date().toISOString() });
  }

  async latest(): Promise<SalesReport | undefined> {
    return (await this.reports.get("sales-report"))?.value;
  }
}
