import { Type } from "class-transformer";
import { ArrayNotEmpty, IsNotEmpty, IsString, ValidateNested } from "class-validator";
import { OrderLine } from "../shared/events.js";

/** What a customer sends. */
export class NewOrder {
  @IsString()
  @IsNotEmpty()
  customer!: string;

  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  @ArrayNotEmpty()
  lines!: OrderLine[];
}

/** An order as the shop keeps it. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly lines: readonly OrderLine[];
  /** What the customer pays, after the discount of the day. */
  readonly total: number;
  readonly status: "created" | "packed";
}
