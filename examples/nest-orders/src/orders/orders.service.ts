import { randomUUID } from "node:crypto";
import type { PubSub, RemoteApp, State } from "@mecha/sdk-core";
import { InjectApp, InjectPubSub, InjectState, Payload, Subscribe } from "@mecha/sdk-nest";
import { Injectable, NotFoundException } from "@nestjs/common";
import { largeOrder, type OrderLine, OrderPacked, type OrderSold } from "../shared/events.js";
import type { NewOrder, Order } from "./order.js";
import { PriceService } from "./price.service.js";

/** Takes orders and follows them. */
@Injectable()
export class OrdersService {
  constructor(
    @InjectState("store") private readonly store: State<Order>,
    @InjectPubSub("events") private readonly events: PubSub,
    @InjectApp("inventory") private readonly inventory: RemoteApp,
    private readonly prices: PriceService,
  ) {}

  async create({ customer, lines }: NewOrder): Promise<Order> {
    await this.inventory.invoke("reserve", { lines });
    const order: Order = { id: randomUUID(), customer, lines, total: this.prices.totalOf(lines), status: "created" };
    await this.store.save(keyOf(order.id), order);
    const type = isLarge(lines) ? largeOrder : "order.small";
    await this.events.publish("order.created", { id: order.id, lines }, { cloudEvent: { type } });
    await this.events.publish("order.sold", { total: order.total } satisfies OrderSold);
    return order;
  }

  async get(id: string): Promise<Order> {
    const found = await this.store.get(keyOf(id));
    if (found === undefined) throw new NotFoundException(`there is no order ${id}`);
    return found.value;
  }

  /** Partners' orders are packed too, and are not kept here. */
  @Subscribe("events", "order.packed")
  async packed(@Payload() { id }: OrderPacked): Promise<void> {
    const found = await this.store.get(keyOf(id));
    if (found !== undefined) await this.store.save(keyOf(id), { ...found.value, status: "packed" });
  }
}

function isLarge(lines: readonly OrderLine[]): boolean {
  return lines.reduce((pieces, { count }) => pieces + count, 0) >= 50;
}

function keyOf(id: string): string {
  return `order-${id}`;
}
