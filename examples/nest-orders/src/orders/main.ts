import "reflect-metadata";
import { runApp } from "../shared/run-app.js";
import { OrdersApp } from "./orders.module.js";

void runApp(OrdersApp);
