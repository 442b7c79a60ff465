import { MechaModule } from "@mecha/sdk-nest";
import { Module } from "@nestjs/common";
import { validation } from "../shared/validation.js";
import { OrdersController } from "./orders.controller.js";
import { OrdersService } from "./orders.service.js";
import { PriceService } from "./price.service.js";

/** What the app does, whatever runtime it is connected to. */
@Module({
  controllers: [OrdersController],
  providers: [validation, OrdersService, PriceService],
})
export class OrdersModule {}

/** The app on the runtime that the environment names. */
@Module({ imports: [MechaModule.forRoot({ appId: "orders" }), OrdersModule] })
export class OrdersApp {}
