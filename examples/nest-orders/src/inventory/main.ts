import "reflect-metadata";
import { MechaServer } from "@mecha/sdk-nest/microservices";
import { runApp } from "../shared/run-app.js";
import { InventoryApp } from "./inventory.module.js";

void runApp(InventoryApp, async (app) => {
  app.connectMicroservice({ strategy: app.get(MechaServer) }, { inheritAppConfig: true });
  await app.startAllMicroservices();
});
