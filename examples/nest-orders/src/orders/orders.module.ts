import { MechaErrorFilter, MechaModule, mechaConfiguration } from "@mecha/sdk-nest";
import { Module } from "@nestjs/common";
import { ConfigModule } from "@nestjs/config";
import { APP_FILTER } from "@nestjs/core";
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

/** By which the app is known, to the loader of its settings too. */
const connection = { appId: "orders" };

/** What the app does, whatever runtime it is connected to. */
@Module({
  imports: [
    ConfigModule.forRoot({
      ignoreEnvFile: true,
      load: [mechaConfiguration("settings", { keys: ["close-carts-every-ms"], connection })],
    }),
    HealthModule.for("store", "events", "settings", "vault"),
    StockModule,
  ],
  controllers: [OrdersController, CartsController, PartnersController, SalesController],
  providers: [
    validation,
    { provide: APP_FILTER, useClass: MechaErrorFilter },
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
@Module({ imports: [MechaModule.forRoot(connection), OrdersModule] })
export class OrdersApp {}
