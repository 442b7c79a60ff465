import "reflect-metadata";
import { Injectable, Logger, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { PubSub } from "@mecha/sdk-core";
import { InjectPubSub, MechaModule, Subscribe } from "../src/index.js";

/**
 * An app on durable pub/sub. `publish` hangs in the middle of its second event, to be killed there; `consume` handles
 * everything. Says what it does.
 */
const [role = "", folder = ""] = process.argv.slice(2);

const count = 10;
let begun = 0;

@Injectable()
class Orders {
  constructor(@InjectPubSub("events") readonly events: PubSub) {}

  @Subscribe("events", "orders")
  async placed(order: number): Promise<void> {
    if (role === "publish" && ++begun > 1) {
      process.stdout.write(`hangs ${order}\n`);
      await new Promise(() => undefined);
    }
    process.stdout.write(`done ${order}\n`);
  }
}

// By a call: the program runs without the metadata of decorators.
class App {
  readonly name = "app";
}
Module({
  imports: [
    MechaModule.forRoot({ mode: "embedded", appId: "shop", resourcesPaths: [folder], checkParameterTypes: false }),
  ],
  providers: [Orders],
})(App);

Logger.overrideLogger(false);
const app = await NestFactory.createApplicationContext(App);
if (role === "publish") {
  const { events } = app.get(Orders);
  for (let order = 0; order < count; order++) await events.publish("orders", order);
}
process.stdout.write("ready\n");
