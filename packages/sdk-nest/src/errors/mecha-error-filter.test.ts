import { type Mecha, MechaError } from "@mecha/sdk-core";
import {
  ConflictException,
  Controller,
  Get,
  type INestApplication,
  Param,
  UnprocessableEntityException,
} from "@nestjs/common";
import { APP_FILTER } from "@nestjs/core";
import { Test } from "@nestjs/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Actor, ActorMethod, InjectMecha, MechaErrorFilter, MechaModule, OnInvoke } from "../index.js";
import { MechaTesting } from "../testing/index.js";

@Actor("Cart")
class Cart {
  @ActorMethod("add")
  add(): void {
    throw new ConflictException("the cart is closed");
  }
}

@Controller()
class Shop {
  constructor(@InjectMecha() readonly mecha: Mecha) {}

  @Get("actor")
  async actor(): Promise<void> {
    await this.mecha.actor<Cart>("Cart", "42").add();
  }

  @Get("app")
  async app(): Promise<void> {
    await this.mecha.app("test").invoke("reserve");
  }

  @Get("thrown/:code")
  thrown(@Param("code") code: MechaError["code"]): void {
    throw new MechaError(code, "the store of orders", { operation: "state.save" });
  }

  @OnInvoke("reserve")
  reserve(): void {
    throw new UnprocessableEntityException("half a piece");
  }

  @OnInvoke("pass-on")
  async passOn(): Promise<void> {
    await this.mecha.app("test").invoke("reserve");
  }
}

let testing: MechaTesting;
let app: INestApplication;

beforeAll(async () => {
  testing = await MechaTesting.start({ timeoutMs: 60_000 });
  const builder = Test.createTestingModule({
    imports: [MechaModule.forRoot()],
    controllers: [Shop],
    providers: [Cart, { provide: APP_FILTER, useClass: MechaErrorFilter }],
  });
  app = (await testing.override(builder).compile()).createNestApplication();
  app.useLogger(false);
  await app.listen(0, "127.0.0.1");
});

afterAll(async () => {
  await app.close();
  await testing.close();
});

test.each([
  ["actor", 409, 'Method "add" of actor "Cart/42" failed: the cart is closed'],
  ["app", 422, "half a piece"],
  ["thrown/ETAG_MISMATCH", 409, "the store of orders"],
  ["thrown/RESOURCE_EXHAUSTED", 429, "the store of orders"],
  ["thrown/UNAVAILABLE", 503, "Service Unavailable"],
  ["thrown/DEADLINE_EXCEEDED", 504, "Gateway Timeout"],
  ["thrown/PERMISSION_DENIED", 500, "Internal server error"],
  ["thrown/INTERNAL", 500, "Internal server error"],
])("a request that led to %s is answered with %i", async (path, status, message) => {
  const response = await fetch(`${await app.getUrl()}/${path}`);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ statusCode: status, message });
});

test("what a handler throws stays what it is", async () => {
  await expect(testing.invoke("pass-on")).rejects.toMatchObject({
    ...{ name: "MechaError", httpStatus: 422, message: "half a piece" },
  });
});
