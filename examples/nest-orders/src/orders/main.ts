import "reflect-metadata";
import { ExpressAdapter } from "@nestjs/platform-express";
import { runApp } from "../shared/run-app.js";
import { OrdersApp } from "./orders.module.js";

void runApp(OrdersApp, { platform: new ExpressAdapter() });
