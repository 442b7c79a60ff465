import { ConfigurationValue, type LiveValue } from "@mecha/sdk-nest";
import { Injectable } from "@nestjs/common";
import type { OrderLine } from "../shared/events.js";

/** What one piece costs, of whatever article. */
const price = 10;

/** Knows what an order costs now: whoever changes the discount starts nothing again. */
@Injectable()
export class PriceService {
  constructor(
    @ConfigurationValue("settings", "discount", { parse: Number, default: 0 })
    private readonly discount: LiveValue<number>,
  ) {}

  totalOf(lines: readonly OrderLine[]): number {
    const pieces = lines.reduce((sum, { count }) => sum + count, 0);
    return Math.round(pieces * price * (1 - this.discount.value));
  }
}
