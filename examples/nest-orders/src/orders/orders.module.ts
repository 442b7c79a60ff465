import { MechaModule } from "@mecha/sdk-nest";
import { Module } from "@nestjs/common";
import { ConfigModule } from "@nestjs/config";
import { HealthModule } from "../shared/health.module.js";
import { validation } from "../shared/validation.js";
import { CartActor } from "./carts/cart.actor.js";
import { CartsController } from "./carts/carts.controller.js";
import { CartsService } from "./carts/carts.service.js";
import { OpenCarts } from "./carts/open-carts.js";
import { OrdersController } from "./orders.controller.js";
import { OrdersService } from "./orders.service.js";
import { PartnersController } from "./partners/partners.controller.js";
import { RefusedService } from "./partners/refused.service.js";
import { PriceService } from "./price.service.js";
import { SalesController } from "./sales/sales.controller.js";
import { SalesService } from "./sales/sales.service.js";
import { StockModule } from "./stock/stock.module.js";

/** What the app does, whatever runtime it is connected to. */
@Module({
  imports: [
    ConfigModule.forRoot({ ignoreEnvFile: true }),
    HealthModule.for("store", "events", "settings", "vault"),
    StockModule,
  ],
  controllers: [OrdersController, CartsController, PartnersController, SalesController],
  providers: [
    validation,
    OrdersService,
    PriceService,
    SalesService,
    RefusedService,
    OpenCarts,
    CartActor,
    CartsService,
  ],
})
export class OrdersModule {}

/** The app on the runtime that the environment names. */
@Module({ imports: [MechaModule.forRoot({ appId: "orders" }), OrdersModule] })
export class OrdersApp {}
