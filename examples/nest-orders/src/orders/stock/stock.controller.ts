import { CACHE_MANAGER, type Cache } from "@nestjs/cache-manager";
import { Body, Controller, Get, HttpCode, Inject, Param, Put } from "@nestjs/common";
import { ClientProxy } from "@nestjs/microservices";
import { IsInt, Min } from "class-validator";
import { lastValueFrom } from "rxjs";

/** What somebody counted. */
export class Count {
  @IsInt()
  @Min(0)
  count!: number;
}

/** How much of an article there is. */
interface Stock {
  readonly sku: string;
  readonly left: number;
}

/** Asks the inventory as a microservice of Nest, and remembers for half a second what it said. */
@Controller("stock/:sku")
export class StockController {
  constructor(
    @Inject("INVENTORY") private readonly inventory: ClientProxy,
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
  ) {}

  @Get()
  left(@Param("sku") sku: string): Promise<Stock> {
    const ask = () => lastValueFrom(this.inventory.send<Stock>({ stock: "left" }, { sku }));
    return this.cache.wrap(`stock:${sku}`, ask, 500);
  }

  @Put()
  @HttpCode(202)
  async count(@Param("sku") sku: string, @Body() { count }: Count): Promise<void> {
    await lastValueFrom(this.inventory.emit("stock.counted", { sku, count }));
  }
}
