import type { Mecha } from "@mecha/sdk-core";
import { createKeyvStore } from "@mecha/sdk-core/keyv";
import { mechaToken } from "@mecha/sdk-nest";
import { MechaClient } from "@mecha/sdk-nest/microservices";
import { CacheModule } from "@nestjs/cache-manager";
import { Module } from "@nestjs/common";
import { ClientsModule } from "@nestjs/microservices";
import { Keyv } from "keyv";
import { StockController } from "./stock.controller.js";

/** What is in stock: by the microservices' client, with a cache in the state store. */
@Module({
  imports: [
    ClientsModule.registerAsync([
      {
        name: "INVENTORY",
        inject: [mechaToken()],
        useFactory: (mecha: Mecha) => ({
          customClass: MechaClient,
          options: { app: "inventory", pubsub: "events", mecha },
        }),
      },
    ]),
    CacheModule.registerAsync({
      inject: [mechaToken()],
      useFactory: (mecha: Mecha) => ({
        stores: [new Keyv({ store: createKeyvStore(mecha, "store"), namespace: "cache" })],
      }),
    }),
  ],
  controllers: [StockController],
})
export class StockModule {}
