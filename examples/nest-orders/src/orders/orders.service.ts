import { randomUUID } from "node:crypto";
import { MechaError, type PubSub, type RemoteApp, type State } from "@mecha/sdk-core";
import { InjectApp, InjectPubSub, InjectState, Payload, Subscribe } from "@mecha/sdk-nest";
import { ConflictException, Injectable, NotFoundException } from "@nestjs/common";
import { OrderPacked } from "../shared/events.js";
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
    await this.reserve(lines);
    const order: Order = { id: randomUUID(), customer, lines, total: this.prices.totalOf(lines), status: "created" };
    await this.store.save(keyOf(order.id), order);
    await this.events.publish("order.created", { id: order.id, lines });
    return order;
  }

  async get(id: string): Promise<Order> {
    const found = await this.store.get(keyOf(id));
    if (found === undefined) throw new NotFoundException(`there is no order ${id}`);
    return found.value;
  }

  @Subscribe("events", "order.packed")
  async packed(@Payload() { id }: OrderPacked): Promise<void> {
    await this.store.save(keyOf(id), { ...(await this.get(id)), status: "packed" });
  }

  private async reserve(lines: NewOrder["lines"]): Promise<void> {
    try {
      await this.inventory.invoke("reserve", { lines });
    } catch (error) {
      if (MechaError.is(error) && error.httpStatus === 409) throw new ConflictException(error.message);
      throw error;
    }
  }
}

function keyOf(id: string): string {
  return `order-${id}`;
}
