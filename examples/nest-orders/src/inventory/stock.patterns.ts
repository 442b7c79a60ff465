import { Controller } from "@nestjs/common";
import { EventPattern, MessagePattern, Payload } from "@nestjs/microservices";
import { IsInt, IsNotEmpty, IsString, Min } from "class-validator";
import { StockService } from "./stock.service.js";

/** Which article is asked for. */
export class Article {
  @IsString()
  @IsNotEmpty()
  sku!: string;
}

/** How many pieces somebody found. */
export class Counted extends Article {
  @IsInt()
  @Min(0)
  count!: number;
}

/** The stock for those who talk to it as to any microservice of Nest. */
@Controller()
export class StockPatterns {
  constructor(private readonly stock: StockService) {}

  @MessagePattern({ stock: "left" })
  async left(@Payload() { sku }: Article): Promise<{ sku: string; left: number }> {
    return { sku, left: await this.stock.left(sku) };
  }

  @EventPattern("stock.counted")
  async counted(@Payload() { sku, count }: Counted): Promise<void> {
    await this.stock.count(sku, count);
  }
}
