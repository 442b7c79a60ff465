import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mecha } from "@mecha/sdk-core";
import { Controller, Get, Inject, Injectable, type Type } from "@nestjs/common";
import { ClientProxy, ClientsModule, EventPattern, MessagePattern } from "@nestjs/microservices";
import { Test } from "@nestjs/testing";
import { firstValueFrom, type Observable } from "rxjs";
import { afterAll, expect, test } from "vitest";
import { MechaModule, mechaToken, OnInvoke, Subscribe } from "../index.js";
import { MechaClient, MechaServer, provideMechaServer } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "mecha-nest-hybrid-"));
writeFileSync(
  join(folder, "events.json"),
  JSON.stringify({
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: "events" },
    spec: { type: "pubsub.in-memory", version: "v1" },
  }),
);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const heard: string[] = [];

@Injectable()
class Decorated {
  @Subscribe("events", "greeted")
  greeted(name: string): void {
    heard.push(`@Subscribe ${name}`);
  }

  @OnInvoke("bye")
  bye(): string {
    return "bye";
  }
}

@Controller()
class Greetings {
  constructor(@Inject("SELF") readonly self: ClientProxy) {}

  @Get("greet")
  greet(): Observable<string> {
    return this.self.send<string>("greet", "Ann");
  }

  @MessagePattern("greet")
  async answer(name: string): Promise<string> {
    await firstValueFrom(this.self.emit("greeted.too", name), { defaultValue: undefined });
    return `hello ${name}`;
  }

  @EventPattern("greeted.too")
  greeted(name: string): void {
    heard.push(`@EventPattern ${name}`);
  }
}

async function hybridApp() {
  const module = await Test.createTestingModule({
    imports: [
      MechaModule.forRoot({ mode: "embedded", appId: "greeter", resourcesPaths: [folder] }),
      ClientsModule.registerAsync([
        {
          name: "SELF",
          inject: [mechaToken()],
          useFactory: (mecha: Mecha) => ({
            customClass: MechaClient,
            options: { app: "greeter", pubsub: "events", mecha },
          }),
        },
      ]),
    ],
    controllers: [Greetings],
    providers: [Decorated, provideMechaServer({ pubsub: "events" })],
  }).compile();
  return module.createNestApplication();
}

test("a hybrid app has HTTP routes, decorated handlers and patterns on one connection and one host", {
  timeout: 120_000,
}, async () => {
  const app = await hybridApp();
  const server = app.get(MechaServer);
  app.connectMicroservice({ strategy: server });
  await app.startAllMicroservices();
  await app.listen(0, "127.0.0.1");
  const mecha = app.get<Mecha>(mechaToken());
  expect(server.unwrap()).toBe(mecha);

  expect(await (await fetch(`${await app.getUrl()}/greet`)).text()).toBe("hello Ann");
  // Both kinds of handlers are the app's: with a host each, one of them would get half of the calls.
  for (let turn = 0; turn < 4; turn++) {
    expect(await mecha.app("greeter").invoke("bye")).toBe("bye");
    expect(await mecha.app("greeter").invoke("greet", "Bob")).toBe("hello Bob");
  }
  await mecha.pubsub("events").publish("greeted", "Eve");
  await expect
    .poll(() => [...new Set(heard)].sort(), { timeout: 20_000 })
    .toEqual(["@EventPattern Ann", "@EventPattern Bob", "@Subscribe Eve"]);
  await app.close();
});

test("a pattern and a decorated method for the same calls are told at start, as is an event of no component", async () => {
  @Controller()
  class Doubled {
    @MessagePattern("bye")
    bye(): void {}
  }
  @Controller()
  class Lost {
    @EventPattern("lost")
    lost(): void {}
  }
  const startOf = async (controller: Type): Promise<unknown> => {
    const module = await Test.createTestingModule({
      imports: [MechaModule.forRoot({ mode: "embedded", appId: "doubled", resourcesPaths: [folder] })],
      controllers: [controller],
      providers: [Decorated, provideMechaServer()],
    }).compile();
    const app = module.createNestApplication();
    app.useLogger(false);
    app.connectMicroservice({ strategy: app.get(MechaServer) });
    await app.startAllMicroservices();
    return app.init().catch((thrown: unknown) => thrown);
  };
  expect(await startOf(Doubled)).toMatchObject({
    code: "ALREADY_EXISTS",
    message: expect.stringMatching(/^@MessagePattern\("bye"\): .*would never be called/) as unknown,
  });
  expect(await startOf(Lost)).toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringMatching(/^@EventPattern\("lost"\): no pub\/sub component is named/) as unknown,
  });
});

test("a server that is connected after the app has started says so", async () => {
  const app = await hybridApp();
  await app.init();
  app.connectMicroservice({ strategy: app.get(MechaServer) });
  await expect(app.startAllMicroservices()).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  await app.close();
});
