import type { ConfigurationValues, JobEvent } from "@mecha/sdk-core";
import {
  Controller,
  type ExecutionContext,
  Inject,
  Injectable,
  NotFoundException,
  ParseIntPipe,
  Scope,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
} from "@nestjs/common";
import { ConfigModule, ConfigService } from "@nestjs/config";
import { REQUEST } from "@nestjs/core";
import { firstValueFrom, map, type Observable } from "rxjs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Clock, Log, NoForbidden, Order } from "../../test/orders.js";
import { startTestApp, type TestApp } from "../../test/test-app.js";
import {
  ConfigurationValue,
  DropEvent,
  EventContext,
  type HandlerContext,
  type LiveValue,
  mechaConfiguration,
  OnBinding,
  OnConfiguration,
  OnInvoke,
  OnJob,
  Payload,
} from "../index.js";
import type { MechaTesting } from "../testing/index.js";

@Injectable()
class Wrapping {
  intercept(_context: ExecutionContext, next: { handle(): Observable<unknown> }): Observable<unknown> {
    return next.handle().pipe(map((value) => ({ intercepted: value })));
  }
}

let log: unknown[];

@Controller()
class Stock {
  constructor(
    readonly clock: Clock,
    @ConfigurationValue("settings", "discount", { parse: Number, default: 0 }) readonly discount: LiveValue<number>,
  ) {}

  @OnInvoke("reserve")
  @UsePipes(new ValidationPipe())
  @UseInterceptors(Wrapping)
  @UseGuards(NoForbidden)
  reserve(order: Order): unknown {
    if (order.total === 0) throw new NotFoundException(`nothing of ${order.id}`);
    return { reserved: order.id, at: this.clock.now };
  }

  @OnBinding("inbox")
  received(@Payload() text: string, @EventContext() context: HandlerContext<{ metadata: object }>): unknown {
    return { text, ...context.message.metadata };
  }

  @OnJob("nightly")
  nightly({ id }: Order): void {
    log.push(id);
    if (id === "bad") throw new Error("no night");
    if (id === "gone") throw new DropEvent("no need");
  }

  @OnJob("close-*")
  close(@Payload("id") id: string, @EventContext() { message }: HandlerContext<JobEvent>): void {
    log.push(message.name, id);
  }

  @OnConfiguration("settings", "discount")
  changed(
    @Payload() values: ConfigurationValues,
    @Payload("discount", ParseIntPipe) discount: number,
    @EventContext() context: HandlerContext,
  ): void {
    log.push([values.get("discount")?.value, discount, context.kind, context.name]);
  }
}

let made = 0;

@Injectable({ scope: Scope.REQUEST })
class Scoped {
  readonly number = ++made;

  constructor(
    @Inject(REQUEST) readonly request: HandlerContext,
    readonly clock: Clock,
  ) {}

  @OnInvoke("scoped")
  @UseGuards(NoForbidden)
  answer(): unknown {
    return { number: this.number, kind: this.request.kind, now: this.clock.now };
  }
}

let running: TestApp;
let testing: MechaTesting;

beforeAll(async () => {
  const currency = ConfigModule.forRoot({
    ignoreEnvFile: true,
    load: [mechaConfiguration("settings", { keys: ["currency"] })],
  });
  running = await startTestApp(
    {
      settings: { type: "configuration.in-memory", metadata: { values: '{"currency":"CNY"}' } },
      inbox: { type: "bindings.cron", metadata: { schedule: "@every 1h" } },
    },
    { imports: [currency], providers: [Clock, Log, Scoped], controllers: [Stock] },
  );
  ({ testing } = running);
  log = running.app.get(Log).lines;
}, 120_000);
afterAll(() => running[Symbol.asyncDispose](), 120_000);
beforeEach(() => {
  log.length = 0;
});

test("a controller answers invocations through its guard, pipe and interceptor", async () => {
  expect(await testing.invoke("reserve", { id: "a", total: 1 })).toEqual({
    intercepted: { reserved: "a", at: "noon" },
  });
  expect(log).toEqual([["guard", "mecha", "reserve", "noon"]]);
  await expect(testing.invoke("reserve", { id: "forbidden", total: 1 })).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    httpStatus: 403,
  });
  await expect(testing.invoke("reserve", { id: "b", total: 0 })).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringContaining("nothing of b"),
  });
  await expect(testing.invoke("reserve", { id: 1, total: 1 })).rejects.toMatchObject({
    httpStatus: 400,
    message: expect.stringContaining("id must be a string"),
  });
});

test("bindings and jobs are taken", async () => {
  expect(await testing.fireBinding("inbox", "hello", { from: "me" })).toEqual({ text: '"hello"', from: "me" });
  await testing.fireJob("nightly", { id: "one", total: 1 });
  await testing.fireJob("nightly", { id: "gone", total: 1 });
  await expect(testing.fireJob("nightly", { id: "bad", total: 1 })).rejects.toThrow("no night");
  expect(log).toEqual(["one", "gone", "bad"]);
  await expect(testing.fireBinding("outbox")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a job is for the handler of its name, or of what its name begins with", async () => {
  await testing.fireJob("close-42", { id: "42" });
  expect(log).toEqual(["close-42", "42"]);
});

test("a provider of request scope is made for each call, which is its request", async () => {
  const first = await testing.invoke<{ number: number }>("scoped");
  const second = await testing.invoke<{ number: number }>("scoped");
  expect(first).toMatchObject({ kind: "invocation", now: "noon" });
  expect(second.number).toBeGreaterThan(first.number);
  expect(log).toHaveLength(2);
});

test("a configuration that changes is heard of, by values too", async () => {
  const heard = testing.nextCall(({ context }) => context.kind === "configuration");
  testing.setConfiguration("settings", { colour: "blue" });
  testing.setConfiguration("settings", { discount: "15" });
  expect(await heard).toMatchObject({ context: { component: "settings", name: "settings" } });
  expect(log).toEqual([["15", 15, "configuration", "settings"]]);
  const { discount } = running.app.get(Stock);
  if (discount.value !== 15) await firstValueFrom(discount.changes);
  expect(discount.value).toBe(15);
});

test("loaders of configuration read from the runtime of the test", () => {
  expect(running.app.get(ConfigService).get("currency")).toBe("CNY");
});
