import { Type } from "class-transformer";
import { ArrayNotEmpty, IsInt, IsNotEmpty, IsString, Min, ValidateNested } from "class-validator";

/** So many pieces of an article. */
export class OrderLine {
  @IsString()
  @IsNotEmpty()
  sku!: string;

  @IsInt()
  @Min(1)
  count!: number;
}

/** Type of the events of `order.created` that no parcel is large enough for. */
export const largeOrder = "order.large";

/** What the topic `order.created` carries. */
export class OrderCreated {
  @IsString()
  @IsNotEmpty()
  id!: string;

  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  @ArrayNotEmpty()
  lines!: OrderLine[];
}

/** What the topic `order.packed` carries. */
export class OrderPacked {
  @IsString()
  @IsNotEmpty()
  id!: string;
}

/** What the topic `order.sold` carries. */
export interface OrderSold {
  readonly total: number;
}
