import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime } from "@mecha/runtime";
import { createMecha, InvocationReply, type Mecha, MechaError } from "@mecha/sdk-core";
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  type INestMicroservice,
  ParseIntPipe,
  UseFilters,
} from "@nestjs/common";
import { type CustomStrategy, Ctx, EventPattern, MessagePattern, Payload, RpcException } from "@nestjs/microservices";
import { Test } from "@nestjs/testing";
import {
  concat,
  EMPTY,
  finalize,
  firstValueFrom,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  throwError,
  toArray,
} from "rxjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DropEvent, MechaErrorFilter } from "../index.js";
import { MechaClient, MechaContext, MechaRecord, MechaServer } from "./index.js";

class OutOfStock extends Error {}

@Catch(OutOfStock)
class OutOfStockFilter implements ExceptionFilter {
  catch({ message }: OutOfStock, _host: ArgumentsHost): Observable<never> {
    return throwError(() => ({ status: "error", code: "OUT_OF_STOCK", message }));
  }
}

/** What handlers of events tell the test. */
const heard: unknown[] = [];
let started: () => void = () => undefined;
const wasStarted = new Promise<void>((resolve) => (started = resolve));
let left: () => void = () => undefined;
const wasLeft = new Promise<void>((resolve) => (left = resolve));

@Controller()
@UseFilters(OutOfStockFilter)
class Stock {
  #attempts = 0;

  @MessagePattern({ cmd: "sum" })
  sum(numbers: readonly number[]): number {
    return numbers.reduce((total, each) => total + each, 0);
  }

  @MessagePattern("stock/reserve")
  reserve(@Payload("count", ParseIntPipe) count: number, @Ctx() context: MechaContext): unknown {
    if (count > 5) throw new OutOfStock(`there are no ${count}`);
    return Promise.resolve({
      count,
      header: context.getInvocation()?.headers["x-till"],
      pattern: context.getPattern(),
    });
  }

  @MessagePattern("echo")
  echo(data: unknown): unknown {
    return data;
  }

  @MessagePattern("count")
  count({ to, failing = false }: { to: number; failing?: boolean }): Observable<number> {
    const numbers = of(...Array.from({ length: to }, (_, index) => index + 1));
    return failing
      ? concat(
          numbers,
          throwError(() => new RpcException("enough")),
        )
      : numbers;
  }

  @MessagePattern("endless")
  endless(): Observable<never> {
    started();
    return NEVER.pipe(
      finalize(() => {
        left();
      }),
    );
  }

  @MessagePattern("nothing")
  nothing(): Observable<never> {
    return EMPTY;
  }

  @MessagePattern("broken")
  broken(): never {
    throw new Error("a detail that callers are not told");
  }

  @MessagePattern("failing")
  @UseFilters(MechaErrorFilter)
  failing(code: MechaError["code"]): never {
    throw new MechaError(code, "the stock was changed", { operation: "state.save" });
  }

  @EventPattern("order.labelled")
  labelled(@Payload() sku: string, @Ctx() context: MechaContext): void {
    const { type, extensions } = context.getEvent() ?? {};
    heard.push([sku, type, extensions?.["unit"]]);
  }

  @EventPattern("order.placed")
  placed(@Payload() order: { id: number }, @Ctx() context: MechaContext): void {
    heard.push(["placed", order.id, context.getEvent()?.type, ++this.#attempts]);
    if (this.#attempts === 1) throw new Error("the database is not there yet");
  }

  @EventPattern("order.refused", { deadLetterTopic: "order.dead" })
  refused(@Payload() order: { id: number; by: string }, @Ctx() context: MechaContext): void {
    if (order.by === "context") context.drop();
    else throw new RpcException(new DropEvent("not ours"));
  }

  @EventPattern("order.dead")
  dead(order: unknown): void {
    heard.push(["dead", order]);
  }
}

@Controller()
class Audit {
  @EventPattern("order.placed")
  placed(@Payload("id") id: number): void {
    heard.push(["audited", id]);
  }
}

const folder = mkdtempSync(join(tmpdir(), "mecha-nest-microservices-"));
let stock: INestMicroservice;
let client: MechaClient;
let mecha: Mecha;
let closeRuntime: () => Promise<void>;

beforeAll(async () => {
  const metadata = [{ name: "redeliverInterval", value: "20ms" }];
  const resource = { apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name: "events" } };
  const component = { ...resource, spec: { type: "pubsub.in-memory", version: "v1", metadata } };
  writeFileSync(join(folder, "events.json"), JSON.stringify(component));
  const connection = { mode: "embedded", appId: "stock", resourcesPaths: [folder] } as const;
  const module = await Test.createTestingModule({ controllers: [Stock, Audit] }).compile();
  const options: CustomStrategy = { strategy: new MechaServer({ pubsub: "events", connection }) };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest's options are a class that nobody makes
  stock = module.createNestMicroservice(options);
  await stock.listen();

  // Another app, in this process: it reaches the first as it would from another one.
  const shop = await createRuntime({ appId: "shop", resourcesPaths: [], baseFolder: process.cwd() });
  closeRuntime = () => shop.close();
  const { transport, attachApp } = shop;
  mecha = createMecha({ mode: "embedded", transport, attachApp, close: () => Promise.resolve() }, "shop");
  client = new MechaClient({ app: "stock", mecha });
});

afterAll(async () => {
  await client.close();
  await stock.close();
  await mecha.close();
  await closeRuntime();
  rmSync(folder, { recursive: true });
});

test("a message is answered, with pipes, context and patterns of both kinds", async () => {
  expect(await firstValueFrom(client.send({ cmd: "sum" }, [1, 2, 3]))).toBe(6);
  expect(await firstValueFrom(client.send("stock/reserve", { count: "3" }))).toEqual({
    count: 3,
    pattern: "stock/reserve",
  });
  expect(await firstValueFrom(client.send("echo", "text"))).toBe("text");
  expect(await firstValueFrom(client.send("echo", false))).toBe(false);
  expect(await firstValueFrom(client.send("echo", Buffer.from([0, 255])))).toEqual({ type: "Buffer", data: [0, 255] });
});

test("replies of several values, of none, and of some before an error come as they were given", async () => {
  expect(await firstValueFrom(client.send("count", { to: 3 }).pipe(toArray()))).toEqual([1, 2, 3]);
  expect(await firstValueFrom(client.send("nothing", {}).pipe(toArray()))).toEqual([]);
  const seen: unknown[] = [];
  await new Promise<void>((resolve) => {
    client.send("count", { to: 2, failing: true }).subscribe({
      next: (value) => seen.push(value),
      error: (error) => {
        seen.push(error);
        resolve();
      },
    });
  });
  expect(seen).toEqual([1, 2, { status: "error", message: "enough" }]);
});

test("errors are those that Nest's filters make", async () => {
  const failure = (pattern: string, data: unknown): Promise<unknown> =>
    lastValueFrom(client.send(pattern, data)).catch((error: unknown) => error);
  expect(await failure("stock/reserve", { count: "6" })).toEqual({
    status: "error",
    code: "OUT_OF_STOCK",
    message: "there are no 6",
  });
  expect(await failure("broken", {})).toEqual({ status: "error", message: "Internal server error" });
  expect(await failure("unheard-of", {})).toMatchObject({ name: "MechaError", code: "NOT_FOUND" });
  const lost = new MechaClient({ app: "nobody", mecha });
  expect(await lastValueFrom(lost.send("echo", 1)).catch((error: unknown) => error)).toMatchObject({
    name: "MechaError",
  });
  const unnamed = new MechaClient({ mecha });
  await expect(firstValueFrom(unnamed.send("echo", 1))).rejects.toThrow(
    'send("echo"): the client does not know which app',
  );
  await expect(firstValueFrom(unnamed.emit("echo", 1))).rejects.toThrow(
    'emit("echo"): the client does not know which pub/sub',
  );
});

test("errors of a handler's own calls are told by the filter of this package as over HTTP", async () => {
  const failure = (code: MechaError["code"]): Promise<unknown> =>
    lastValueFrom(client.send("failing", code)).catch((error: unknown) => error);
  expect(await failure("ETAG_MISMATCH")).toEqual({ status: "error", message: "the stock was changed" });
  expect(await failure("UNAVAILABLE")).toEqual({ status: "error", message: "Service Unavailable" });
  expect(await failure("INTERNAL")).toEqual({ status: "error", message: "Internal server error" });
});

test("a record has headers of a message and attributes of an event beside its data", async () => {
  const message = new MechaRecord({ count: 1 }, { headers: { "x-till": "8" } });
  expect(await firstValueFrom(client.send("stock/reserve", message))).toMatchObject({ count: 1, header: "8" });
  const publisher = new MechaClient({ pubsub: "events", mecha: stock.unwrap<Mecha>() });
  const publish = { cloudEvent: { type: "label", extensions: { unit: "north" } } };
  await lastValueFrom(publisher.emit("order.labelled", new MechaRecord("a-1", { publish })), { defaultValue: 0 });
  await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(1);
  expect(heard.splice(0)).toEqual([["a-1", "label", "north"]]);
});

test("a caller that unsubscribes, as rxjs does after a timeout, leaves the remote stream", async () => {
  const subscription = client.send("endless", {}).subscribe();
  await wasStarted;
  subscription.unsubscribe();
  await wasLeft;
});

test("any app can call a message handler, and a client any app", async () => {
  const app = mecha.app("stock");
  expect(await app.invoke("count", { to: 3 })).toBe(3);
  const reply = await app.request("stock/reserve", { count: 2 }, { headers: { "x-till": "7" } });
  expect(reply.json()).toMatchObject({ header: "7" });
  expect((await app.request("broken", {})).status).toBe(500);

  const host = mecha
    .host()
    .onInvoke("plain", () => new InvocationReply(Buffer.from("hello"), { contentType: "text/plain" }));
  host.onInvoke("refuse", () => new InvocationReply({ why: "no" }, { status: 409 }));
  await host.start();
  const toShop = new MechaClient({ app: "shop", mecha });
  expect(await firstValueFrom(toShop.send("plain", {}))).toBe("hello");
  await expect(firstValueFrom(toShop.send("refuse", {}))).rejects.toMatchObject({ httpStatus: 409 });
  await host.close();
});

test("an event comes to all handlers of its pattern, and again until none fails", async () => {
  const publisher = new MechaClient({ pubsub: "events", mecha: stock.unwrap<Mecha>() });
  await lastValueFrom(publisher.emit("order.placed", { id: 1 }), { defaultValue: undefined });
  await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(4);
  expect(heard.splice(0)).toEqual([
    ["placed", 1, "com.dapr.event.sent", 1],
    ["audited", 1],
    ["placed", 1, "com.dapr.event.sent", 2],
    ["audited", 1],
  ]);
});

test("an event that a handler gives up goes to the dead letter topic", async () => {
  const publisher = new MechaClient({ pubsub: "events", mecha: stock.unwrap<Mecha>() });
  for (const by of ["context", "error"])
    await lastValueFrom(publisher.emit("order.refused", { id: 2, by }), { defaultValue: undefined });
  await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(2);
  expect(heard.splice(0)).toEqual(
    expect.arrayContaining([
      ["dead", { id: 2, by: "context" }],
      ["dead", { id: 2, by: "error" }],
    ]),
  );
});

test("server and client tell how it goes with them", async () => {
  const own = new MechaClient({ app: "stock", mecha });
  const seen: unknown[] = [];
  own.status.subscribe((status) => seen.push(status));
  await own.connect();
  await own.close();
  expect(seen).toEqual(["connected", "disconnected"]);
  await expect(own.unwrap()).resolves.toBe(mecha);
});
