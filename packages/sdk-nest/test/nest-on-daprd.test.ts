import { randomUUID } from "node:crypto";
import { eventually } from "@mecha/conformance";
import { freePortFamily, startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import type { Mecha } from "@mecha/sdk-core";
import { Controller, Get, Injectable, type INestApplication, UsePipes, ValidationPipe } from "@nestjs/common";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { Test } from "@nestjs/testing";
import { IsInt } from "class-validator";
import { expect, it, onTestFinished } from "vitest";
import {
  Actor,
  ActorMethod,
  MechaModule,
  type MechaModuleOptions,
  mechaToken,
  OnInvoke,
  Subscribe,
} from "../src/index.js";
import { component, resourcesFolder } from "./resources.js";

class Order {
  @IsInt()
  total!: number;
}

const actorType = `Cart-${randomUUID()}`;

@Actor(actorType)
class Cart {
  #count = 0;

  @ActorMethod("add")
  add(count: number): number {
    return (this.#count += count);
  }
}

@Injectable()
class Orders {
  readonly log: unknown[] = [];
  #failed = false;

  @Subscribe("events", "orders", { deadLetterTopic: "dead" })
  @UsePipes(new ValidationPipe())
  placed({ total }: Order): void {
    if (!this.#failed) {
      this.#failed = true;
      throw new Error("the database is away");
    }
    this.log.push(`placed ${total}`);
  }

  @Subscribe("events", "dead")
  dead({ total }: { total: unknown }): void {
    this.log.push(`dead ${String(total)}`);
  }

  @Subscribe("events", "typed", { rules: 'event.type == "big"' })
  big(order: { total: number }): void {
    this.log.push(`big ${order.total}`);
  }
}

@Controller()
class Shop {
  @Get("hello")
  hello(): string {
    return "hello";
  }

  @OnInvoke("reserve")
  reserve({ sku }: { sku: string }): unknown {
    return { reserved: sku };
  }
}

/** What daprd's Redis pub/sub needs to deliver again. */
const redelivery = {
  apiVersion: "dapr.io/v1alpha1",
  kind: "Resiliency",
  metadata: { name: "redelivery" },
  spec: {
    policies: { retries: { redeliver: { policy: "constant", duration: "200ms", maxRetries: 5 } } },
    targets: { components: { events: { inbound: { retry: "redeliver" } } } },
  },
};

describeWith(["redis", "placement", "daprd"], "a Nest app beside daprd", (on) => {
  it.each<[string, string, MechaModuleOptions, () => FastifyAdapter | undefined]>([
    ["Express", "1", { host: { appProtocol: "http" } }, (): undefined => undefined],
    ["Fastify, as the sidecar says", "2", {}, () => new FastifyAdapter()],
  ])(
    "has its own routes and the sidecar's calls on one port of %s",
    { timeout: 180_000 },
    async (_platform, redisDB, options, adapter) => {
      const appId = `nest-${randomUUID()}`;
      const appPort = await freePortFamily([0]);
      const folder = await resourcesFolder(
        component("events", "pubsub.redis", { redisHost: on.redis.address, redisDB }),
        component("state", "state.in-memory", { actorStateStore: "true" }),
        redelivery,
      );
      const sidecar = await startDaprd({
        ...{ appId, appPort, resourcesFolders: [folder], appProtocol: "http", placement: on.placement },
      });
      onTestFinished(() => sidecar.stop());
      const module = await Test.createTestingModule({
        imports: [
          MechaModule.forRoot({
            ...{ mode: "sidecar", appId, endpoint: sidecar.grpcAddress, ...options },
          }),
        ],
        providers: [Orders, Cart],
        controllers: [Shop],
      }).compile();
      module.useLogger(false);
      const http = adapter();
      const app: INestApplication =
        http === undefined ? module.createNestApplication() : module.createNestApplication(http);
      onTestFinished(() => app.close());
      await app.listen(appPort, "127.0.0.1");
      const mecha = app.get<Mecha>(mechaToken());
      const { log } = app.get(Orders);

      expect(await (await fetch(`http://127.0.0.1:${appPort}/hello`)).text()).toBe("hello");
      await eventually(
        "the sidecar calls the app",
        async () => {
          const reply = await mecha
            .app(appId)
            .invoke("reserve", { sku: "a-1" })
            .catch(() => undefined);
          return JSON.stringify(reply) === '{"reserved":"a-1"}';
        },
        60_000,
      );
      const events = mecha.pubsub("events");
      await events.publish("orders", { total: 1 });
      await events.publish("orders", { total: "two" });
      await events.publish("typed", { total: 3 }, { cloudEvent: { type: "big" } });
      await eventually("all are handled", async () => log.length >= 3, 60_000);
      expect([...log].sort()).toEqual(["big 3", "dead two", "placed 1"]);
      const cart = mecha.actor<Cart>(actorType, "1");
      await eventually("the actor answers", async () => (await cart.add(0).catch(() => -1)) === 0, 60_000);
      expect(await cart.add(2)).toBe(2);
    },
  );
});
