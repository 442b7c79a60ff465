import { MechaModule } from "@mecha/sdk-nest";
import { Module } from "@nestjs/common";
import { ConfigModule } from "@nestjs/config";
import { validation } from "../shared/validation.js";
import { PackingController } from "./packing.controller.js";
import { PackingSubscriber } from "./packing.subscriber.js";
import { ReserveHandler } from "./reserve.handler.js";
import { StockService } from "./stock.service.js";

/** What the app does, whatever runtime it is connected to. */
@Module({
  imports: [ConfigModule.forRoot({ ignoreEnvFile: true })],
  controllers: [PackingController],
  providers: [validation, StockService, ReserveHandler, PackingSubscriber],
})
export class InventoryModule {}

/** The app on the runtime that the environment names. */
@Module({ imports: [MechaModule.forRoot({ appId: "inventory" }), InventoryModule] })
export class InventoryApp {}
