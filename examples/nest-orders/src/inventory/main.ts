import "reflect-metadata";
import { MechaServer } from "@mecha/sdk-nest/microservices";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { runApp } from "../shared/run-app.js";
import { InventoryApp } from "./inventory.module.js";

void runApp(InventoryApp, {
  platform: new FastifyAdapter(),
  async prepare(app) {
    app.connectMicroservice({ strategy: app.get(MechaServer) }, { inheritAppConfig: true });
    await app.startAllMicroservices();
  },
});
