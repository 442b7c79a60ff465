import { randomUUID } from "node:crypto";
import { eventually } from "@mecha/conformance";
import { freePortFamily, startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import type { Mecha } from "@mecha/sdk-core";
import {
  ConflictException,
  Controller,
  Get,
  Injectable,
  type INestApplication,
  UsePipes,
  ValidationPipe,
} from "@nestjs/common";
import { MessagePattern } from "@nestjs/microservices";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { Test } from "@nestjs/testing";
import { IsInt } from "class-validator";
import { concat, concatMap, lastValueFrom, type Observable, of, Subject, toArray } from "rxjs";
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
import { MechaClient, MechaServer, provideMechaServer } from "../src/microservices/index.js";
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
  readonly #more = new Subject<string>();

  /** Says the rest only when it is asked to: a caller that gets replies whole would wait for ever. */
  @MessagePattern("talk")
  talk(): Observable<string> {
    return concat(of("first"), this.#more);
  }

  @OnInvoke("say-more")
  sayMore(): void {
    this.#more.next("second");
    this.#more.complete();
  }

  @OnInvoke("refuse")
  refuse(): void {
    throw new ConflictException("it is sold");
  }

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
            ...{ mode: "sidecar", appId, endpoint: sidecar.grpcAddress, httpEndpoint: sidecar.httpAddress, ...options },
          }),
        ],
        providers: [Orders, Cart, provideMechaServer()],
        controllers: [Shop],
      }).compile();
      module.useLogger(false);
      const http = adapter();
      const app: INestApplication =
        http === undefined ? module.createNestApplication() : module.createNestApplication(http);
      onTestFinished(() => app.close());
      app.connectMicroservice({ strategy: app.get(MechaServer) });
      await app.startAllMicroservices();
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
      await expect(mecha.app(appId).invoke("refuse")).rejects.toMatchObject({
        ...{ code: "ALREADY_EXISTS", httpStatus: 409 },
        message: expect.stringContaining('answered with HTTP status 409: {"message":"it is sold"') as unknown,
      });
      const talk = new MechaClient({ app: appId, mecha, streaming: true }).send<string>("talk", {});
      const answer = async (said: string): Promise<string> => {
        if (said === "first") await mecha.app(appId).invoke("say-more");
        return said;
      };
      expect(await lastValueFrom(talk.pipe(concatMap(answer), toArray()))).toEqual(["first", "second"]);

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
