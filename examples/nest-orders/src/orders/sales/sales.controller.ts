import { Controller, Get } from "@nestjs/common";
import { type Sales, SalesService } from "./sales.service.js";

@Controller("sales")
export class SalesController {
  constructor(private readonly sales: SalesService) {}

  @Get()
  show(): Promise<Sales> {
    return this.sales.sales();
  }
}
