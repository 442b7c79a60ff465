import type { ConfigurationValues } from "@mecha/sdk-core";
import { OnConfiguration } from "@mecha/sdk-nest";
import { Injectable } from "@nestjs/common";
import type { OrderLine } from "../shared/events.js";

/** What one piece costs, of whatever article. */
const price = 10;

/** Knows what an order costs today. */
@Injectable()
export class PriceService {
  discount = 0;

  totalOf(lines: readonly OrderLine[]): number {
    const pieces = lines.reduce((sum, { count }) => sum + count, 0);
    return Math.round(pieces * price * (1 - this.discount));
  }

  @OnConfiguration("settings", "discount")
  changed(values: ConfigurationValues): void {
    this.discount = Number(values.get("discount")?.value ?? 0);
  }
}
