import { Body, Controller, Get, Param, Post } from "@nestjs/common";
import { NewOrder, type Order } from "./order.js";
import { OrdersService } from "./orders.service.js";

@Controller("orders")
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  create(@Body() order: NewOrder): Promise<Order> {
    return this.orders.create(order);
  }

  @Get(":id")
  show(@Param("id") id: string): Promise<Order> {
    return this.orders.get(id);
  }
}
