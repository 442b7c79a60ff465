import { Controller, Get, Param } from "@nestjs/common";
import { type Movement, MovementsService } from "./movements.service.js";

@Controller("movements")
export class MovementsController {
  constructor(private readonly movements: MovementsService) {}

  @Get(":sku")
  list(@Param("sku") sku: string): Promise<readonly Movement[]> {
    return this.movements.list(sku);
  }
}
