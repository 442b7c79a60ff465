import { Body, Controller, Get, Param, Post, UseFilters } from "@nestjs/common";
import { CallErrors } from "../shared/call-errors.filter.js";
import { NewOrder, type Order } from "./order.js";
import { OrdersService } from "./orders.service.js";

@Controller("orders")
@UseFilters(CallErrors)
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
