import "reflect-metadata";
import { runApp } from "../shared/run-app.js";
import { InventoryApp } from "./inventory.module.js";

void runApp(InventoryApp);
