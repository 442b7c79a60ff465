import { Body, Controller, Get, Param, Post } from "@nestjs/common";
import { OrderLine } from "../../shared/events.js";
import type { Order } from "../order.js";
import { OrdersService } from "../orders.service.js";
import type { Cart } from "./cart.actor.js";
import { CartsService } from "./carts.service.js";

@Controller("carts/:customer")
export class CartsController {
  constructor(
    private readonly carts: CartsService,
    private readonly orders: OrdersService,
  ) {}

  @Get()
  show(@Param("customer") customer: string): Promise<Cart> {
    return this.carts.cart(customer).show();
  }

  @Post("lines")
  add(@Param("customer") customer: string, @Body() line: OrderLine): Promise<Cart> {
    return this.carts.cart(customer).add(line);
  }

  @Post("order")
  async order(@Param("customer") customer: string): Promise<Order> {
    const cart = this.carts.cart(customer);
    const { lines } = await cart.show();
    const order = await this.orders.create({ customer, lines: [...lines] });
    await cart.close();
    return order;
  }
}
