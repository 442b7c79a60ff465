import { Controller, Get, NotFoundException, Param } from "@nestjs/common";
import { type Packing, PackingSubscriber } from "./packing.subscriber.js";

@Controller("packing")
export class PackingController {
  constructor(private readonly packing: PackingSubscriber) {}

  @Get(":id")
  async show(@Param("id") id: string): Promise<Packing> {
    const found = await this.packing.packingOf(id);
    if (found === undefined) throw new NotFoundException(`nobody packs order ${id}`);
    return found;
  }
}
