import type { Invocation } from "@mecha/sdk-core";
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  Scope,
} from "@nestjs/common";
import { APP_GUARD, APP_INTERCEPTOR, type ContextId, ContextIdFactory, REQUEST } from "@nestjs/core";
import { map, type Observable } from "rxjs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Clock, Log } from "../../test/orders.js";
import { startTestApp, type TestApp } from "../../test/test-app.js";
import { Actor, ActorMethod, type HandlerContext, OnInvoke, Subscribe } from "../index.js";

@Injectable({ scope: Scope.REQUEST })
class Door implements CanActivate {
  constructor(
    readonly clock: Clock,
    readonly log: Log,
    @Inject(REQUEST) readonly request: HandlerContext,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    this.log.lines.push([context.getHandler().name, this.clock.now, this.request.name]);
    return this.request.name !== "closed";
  }
}

@Injectable({ scope: Scope.REQUEST })
class Signed implements NestInterceptor {
  constructor(@Inject(REQUEST) readonly request: HandlerContext) {}

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value) => `${String(value)} for ${this.request.name}`));
  }
}

@Injectable()
class Stock {
  @OnInvoke("open")
  open(): string {
    return "stock";
  }

  @OnInvoke("closed")
  closed(): string {
    return "never said";
  }

  @Subscribe("events", "orders")
  ordered(): string {
    return "order";
  }
}

@Controller()
class Shop {
  @OnInvoke("shop")
  shop(): string {
    return "shop";
  }
}

let made = 0;

@Injectable({ scope: Scope.REQUEST, durable: true })
class Tenant {
  readonly number = ++made;

  constructor(@Inject(REQUEST) readonly of: { readonly tenant: string }) {}
}

@Injectable()
class Tenants {
  constructor(readonly tenant: Tenant) {}

  @OnInvoke("tenant")
  name(): string {
    return `${this.tenant.of.tenant} ${this.tenant.number}`;
  }
}

@Actor("Cart")
class Cart {
  @ActorMethod("count")
  count(): string {
    return "none";
  }
}

let running: TestApp;
let log: unknown[];

beforeAll(async () => {
  const tenants = new Map<string, ContextId>();
  ContextIdFactory.apply({
    attach(contextId, { message }: HandlerContext<Partial<Invocation>>) {
      const tenant = message.headers?.["tenant"] ?? "nobody";
      const durable = tenants.get(tenant) ?? ContextIdFactory.create();
      tenants.set(tenant, durable);
      return { resolve: ({ isTreeDurable }) => (isTreeDurable ? durable : contextId), payload: { tenant } };
    },
  });
  running = await startTestApp(
    { events: "pubsub.in-memory" },
    {
      providers: [
        ...[Clock, Log, Stock, Tenant, Tenants, Cart],
        { provide: APP_GUARD, useClass: Door },
        { provide: APP_INTERCEPTOR, useClass: Signed },
      ],
      controllers: [Shop],
    },
  );
  log = running.app.get(Log).lines;
}, 120_000);
afterAll(() => running[Symbol.asyncDispose](), 120_000);
beforeEach(() => {
  log.length = 0;
});

test("global guards and interceptors of request scope are made for each call, of providers and of controllers", async () => {
  const { testing } = running;
  expect(await testing.invoke("open")).toBe("stock for open");
  expect(await testing.invoke("shop")).toBe("shop for shop");
  expect(await testing.publish("events", "orders", {})).toMatchObject({ result: "order for orders" });
  await expect(testing.invoke("closed")).rejects.toMatchObject({ httpStatus: 403 });
  expect(log).toEqual([
    ["open", "noon", "open"],
    ["shop", "noon", "shop"],
    ["ordered", "noon", "orders"],
    ["closed", "noon", "closed"],
  ]);
});

test("a durable provider is made once for what a strategy takes for the same", async () => {
  const ask = (tenant: string) => running.testing.invoke("tenant", {}, { headers: { tenant } });
  const first = await ask("a");
  expect(first).toMatch(/^a \d+ for tenant$/);
  expect(await ask("a")).toBe(first);
  expect(await ask("b")).not.toBe(first);
});

test("they are made for an actor when it is activated", async () => {
  const cart = running.testing.mecha.actor<Cart>("Cart", "1");
  expect([await cart.count(), await cart.count()]).toEqual(["none for undefined", "none for undefined"]);
  expect(log).toEqual([
    ["count", "noon", undefined],
    ["count", "noon", undefined],
  ]);
});
