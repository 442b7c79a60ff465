import type { State } from "@mecha/sdk-core";
import { InjectState, OnBinding } from "@mecha/sdk-nest";
import { Injectable } from "@nestjs/common";
import { change } from "../../shared/change.js";

/** What was sold. */
export interface Sales {
  readonly orders: number;
  readonly total: number;
}

const key = "sales";

/** Counts in memory, and adds that to what all processes have sold whenever the clock's binding says so. */
@Injectable()
export class SalesService {
  private orders = 0;
  private total = 0;

  constructor(@InjectState("store") private readonly store: State<Sales>) {}

  sold(total: number): void {
    this.orders++;
    this.total += total;
  }

  async sales(): Promise<Sales> {
    return (await this.store.get(key))?.value ?? { orders: 0, total: 0 };
  }

  @OnBinding("every-second")
  async write(): Promise<void> {
    const { orders, total } = this;
    if (orders === 0) return;
    this.orders = 0;
    this.total = 0;
    await change(this.store, key, (sales = { orders: 0, total: 0 }) => ({
      orders: sales.orders + orders,
      total: sales.total + total,
    }));
  }
}
