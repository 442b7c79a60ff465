import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PubSub, State, TopicEvent } from "@mecha/sdk-core";
import { Injectable, ValidationPipe } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { IsInt } from "class-validator";
import { afterAll, expect, test } from "vitest";
import { CloudEvent, InjectPubSub, InjectState, MechaModule, Payload, Subscribe } from "../index.js";

const folder = mkdtempSync(join(tmpdir(), "mecha-nest-"));
const component = (name: string, type: string): string =>
  JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name },
    spec: { type, version: "v1", metadata: [] },
  });
writeFileSync(join(folder, "events.yaml"), component("events", "pubsub.in-memory"));
writeFileSync(join(folder, "orders.yaml"), component("orders", "state.in-memory"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

class Order {
  @IsInt()
  total!: number;
}

let seen: (value: unknown) => void = () => undefined;

@Injectable()
class Orders {
  constructor(
    @InjectState("orders") readonly state: State<Order>,
    @InjectPubSub("events") readonly events: PubSub,
  ) {}

  @Subscribe("events", "order.created", { deadLetterTopic: "order.dead" })
  async created(@Payload() order: Order, @CloudEvent() event: TopicEvent): Promise<void> {
    await this.state.save(event.id, order);
    seen([order.constructor.name, event.topic, (await this.state.get(event.id))?.value]);
  }

  @Subscribe("events", "order.dead")
  dead(order: unknown): void {
    seen(order);
  }
}

test("events reach a decorated method with what it injects, and what its pipe refuses goes to the dead letter topic", async () => {
  const module = await Test.createTestingModule({
    imports: [MechaModule.forRoot({ mode: "embedded", appId: "shop", resourcesPaths: [folder] })],
    providers: [Orders],
  }).compile();
  const app = module.createNestApplication();
  app.useGlobalPipes(new ValidationPipe({ transform: true }));
  await app.init();
  const { events } = app.get(Orders);

  const next = (): Promise<unknown> => new Promise((resolve) => (seen = resolve));
  const good = next();
  await events.publish("order.created", { total: 5 });
  expect(await good).toEqual(["Order", "order.created", { total: 5 }]);
  const bad = next();
  await events.publish("order.created", { total: "five" });
  expect(await bad).toEqual({ total: "five" });
  await app.close();
});
