import { Controller, Get, NotFoundException } from "@nestjs/common";
import { type SalesReport, SalesService } from "./sales.service.js";

@Controller("sales")
export class SalesController {
  constructor(private readonly sales: SalesService) {}

  @Get()
  async show(): Promise<SalesReport> {
    const report = await this.sales.latest();
    if (report === undefined) throw new NotFoundException("there is no report yet");
    return report;
  }
}
