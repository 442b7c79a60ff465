import type { PubSub } from "@mecha/sdk-core";
import { InjectPubSub } from "@mecha/sdk-nest";
import { Controller, Get, HttpCode, Post, Req, UseGuards } from "@nestjs/common";
import { PartnerGuard } from "./partner.guard.js";
import { type Refused, RefusedService } from "./refused.service.js";

/** Partners send orders of their own, which are looked at by those who subscribe. */
@Controller("partners")
@UseGuards(PartnerGuard)
export class PartnersController {
  constructor(
    @InjectPubSub("events") private readonly events: PubSub,
    private readonly refused: RefusedService,
  ) {}

  @Post("orders")
  @HttpCode(202)
  async pass(@Req() { body }: { body: unknown }): Promise<void> {
    await this.events.publish("order.created", body);
  }

  @Get("refused")
  list(): Promise<readonly Refused[]> {
    return this.refused.list();
  }
}
