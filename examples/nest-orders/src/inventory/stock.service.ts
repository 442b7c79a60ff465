import type { Lock, State } from "@mecha/sdk-core";
import { InjectLock, InjectState } from "@mecha/sdk-nest";
import { ConflictException, Injectable } from "@nestjs/common";
import type { OrderLine } from "../shared/events.js";

/** How many pieces of each article there are at first. */
const delivered = 100;

/** How long a lock is kept at most, and waited for. */
const wait = { expirySeconds: 10, waitMs: 5_000 };

/** Knows how much of each article is left. */
@Injectable()
export class StockService {
  constructor(
    @InjectState("store") private readonly store: State<number>,
    @InjectLock("locks") private readonly locks: Lock,
  ) {}

  async left(sku: string): Promise<number> {
    return (await this.store.get(keyOf(sku)))?.value ?? delivered;
  }

  /** Whatever was thought to be there: so many pieces were counted. */
  async count(sku: string, pieces: number): Promise<void> {
    await this.locks.withLock("stock", () => this.store.save(keyOf(sku), pieces), wait);
  }

  /** Takes all lines out of the stock, or none. */
  async reserve(lines: readonly OrderLine[]): Promise<void> {
    await this.locks.withLock("stock", () => this.take(lines), wait);
  }

  private async take(lines: readonly OrderLine[]): Promise<void> {
    const left = new Map<string, number>();
    for (const { sku, count } of lines) {
      const rest = (left.get(sku) ?? (await this.left(sku))) - count;
      if (rest < 0) throw new ConflictException(`not enough of ${sku}`);
      left.set(sku, rest);
    }
    await this.store.transaction([...left].map(([sku, value]) => ({ upsert: keyOf(sku), value })));
  }
}

function keyOf(sku: string): string {
  return `stock-${sku}`;
}
