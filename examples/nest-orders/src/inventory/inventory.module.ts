import { MechaModule } from "@mecha/sdk-nest";
import { provideMechaServer } from "@mecha/sdk-nest/microservices";
import { Module } from "@nestjs/common";
import { ConfigModule } from "@nestjs/config";
import { HealthModule } from "../shared/health.module.js";
import { validation } from "../shared/validation.js";
import { Caller } from "./movements/caller.js";
import { MovementsController } from "./movements/movements.controller.js";
import { MovementsService } from "./movements/movements.service.js";
import { PackingController } from "./packing.controller.js";
import { PackingSubscriber } from "./packing.subscriber.js";
import { ReserveHandler } from "./reserve.handler.js";
import { StockPatterns } from "./stock.patterns.js";
import { StockService } from "./stock.service.js";

/** What the app does, whatever runtime it is connected to. */
@Module({
  imports: [ConfigModule.forRoot({ ignoreEnvFile: true }), HealthModule.for("store", "events", "locks")],
  controllers: [PackingController, MovementsController, StockPatterns],
  providers: [
    provideMechaServer({ pubsub: "events" }),
    validation,
    StockService,
    MovementsService,
    Caller,
    ReserveHandler,
    PackingSubscriber,
  ],
})
export class InventoryModule {}

/** The app on the runtime that the environment names. */
@Module({ imports: [MechaModule.forRoot({ appId: "inventory" }), InventoryModule] })
export class InventoryApp {}
