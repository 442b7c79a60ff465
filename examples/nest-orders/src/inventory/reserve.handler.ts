import { OnInvoke, Payload } from "@mecha/sdk-nest";
import { Injectable } from "@nestjs/common";
import { Type } from "class-transformer";
import { ArrayNotEmpty, ValidateNested } from "class-validator";
import { OrderLine } from "../shared/events.js";
import { Caller } from "./movements/caller.js";
import { MovementsService } from "./movements/movements.service.js";
import { StockService } from "./stock.service.js";

/** What another app asks to be kept for it. */
export class Reservation {
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  @ArrayNotEmpty()
  lines!: OrderLine[];
}

/** Answers the invocation `reserve` of other apps. One is made for each call, for it has the caller. */
@Injectable()
export class ReserveHandler {
  constructor(
    private readonly stock: StockService,
    private readonly movements: MovementsService,
    private readonly caller: Caller,
  ) {}

  @OnInvoke("reserve")
  async reserve(@Payload() { lines }: Reservation): Promise<{ reserved: number }> {
    await this.stock.reserve(lines);
    await this.movements.note(lines, this.caller.appId);
    return { reserved: lines.length };
  }
}
