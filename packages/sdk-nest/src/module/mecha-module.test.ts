import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import type { Mecha, PubSub, State } from "@mecha/sdk-core";
import {
  type CallHandler,
  type DynamicModule,
  type ExecutionContext,
  Inject,
  Injectable,
  type Provider,
  UseInterceptors,
} from "@nestjs/common";
import { Test, type TestingModule } from "@nestjs/testing";
import { type Observable, tap } from "rxjs";
import { expect, onTestFinished, test } from "vitest";
import { component, resourcesFolder } from "../../test/resources.js";
import {
  InjectMecha,
  InjectPubSub,
  InjectState,
  MechaModule,
  type MechaModuleOptions,
  type MechaOptionsFactory,
  mechaToken,
  OnInvoke,
  Subscribe,
} from "../index.js";

const log: unknown[] = [];
let handled = (): void => undefined;
const nextHandled = (): Promise<void> => new Promise((resolve) => (handled = resolve));
let mayEnd = Promise.resolve();

@Injectable()
class TraceId {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const before = trace.getActiveSpan()?.spanContext().traceId;
    return next.handle().pipe(tap(() => log.push(["intercepted", before])));
  }
}

@Injectable()
class Orders {
  constructor(
    @InjectMecha() readonly mecha: Mecha,
    @InjectMecha("reports") readonly reporting: Mecha,
    @InjectState("orders") readonly orders: State<number>,
    @InjectPubSub("events") readonly events: PubSub,
    @InjectPubSub("events", "reports") readonly reports: PubSub,
  ) {}

  @Subscribe("events", "orders")
  @UseInterceptors(TraceId)
  placed(id: string): void {
    log.push([id, trace.getActiveSpan()?.spanContext().traceId]);
    handled();
  }

  @Subscribe("events", "orders", { runtime: "reports" })
  reported(id: string): void {
    log.push(`report ${id}`);
    handled();
  }

  @OnInvoke("slow")
  async slow(): Promise<string> {
    handled();
    await mayEnd;
    await this.orders.save("slow", 1);
    log.push((await this.orders.get("slow"))?.value);
    return "done";
  }

  onApplicationShutdown(): void {
    log.push("shutdown");
  }
}

class Settings {
  readonly name = "settings";
}

/** An app with two runtimes, of which one has its options from a provider. */
async function startApp(): Promise<TestingModule> {
  log.length = 0;
  const [own, reports] = [
    await resourcesFolder(component("events", "pubsub.in-memory"), component("orders", "state.in-memory")),
    await resourcesFolder(component("events", "pubsub.in-memory")),
  ];
  const module = await Test.createTestingModule({
    imports: [
      MechaModule.forRoot({ mode: "embedded", appId: "shop", resourcesPaths: [own] }),
      MechaModule.forRootAsync({
        name: "reports",
        imports: [{ module: Settings, providers: [{ provide: "folder", useValue: reports }], exports: ["folder"] }],
        inject: ["folder"],
        useFactory: async (folder: string) => ({ mode: "embedded", appId: "reports", resourcesPaths: [folder] }),
      }),
    ],
    providers: [Orders],
  }).compile();
  return module.init();
}

// The first test loads the runtime.
test("an app has several runtimes by name, and handlers have the trace of who published", {
  timeout: 120_000,
}, async () => {
  trace.setGlobalTracerProvider(new BasicTracerProvider());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  onTestFinished(() => {
    for (const api of [trace, context, propagation]) api.disable();
  });
  const module = await startApp();
  const { events, reports, mecha, reporting } = module.get(Orders);
  expect([mecha.appId, reporting.appId]).toEqual(["shop", "reports"]);

  const first = nextHandled();
  const traceId = await trace.getTracer("test").startActiveSpan("order", async (span) => {
    await events.publish("orders", "1");
    span.end();
    return span.spanContext().traceId;
  });
  await first;
  const second = nextHandled();
  await reports.publish("orders", "2");
  await second;
  await module.close();
  expect(log).toEqual([["1", traceId], ["intercepted", traceId], "report 2", "shutdown"]);
});

test("options come from a class of the module, or from a provider of another one", async () => {
  const folder = await resourcesFolder(component("orders", "state.in-memory"));
  @Injectable()
  class Places implements MechaOptionsFactory {
    constructor(@Inject("app id") readonly appId: string) {}

    createMechaOptions(): MechaModuleOptions {
      return { mode: "embedded", appId: this.appId, resourcesPaths: [folder] };
    }
  }
  class Ids {
    readonly name = "ids";
  }
  const ids = (appId: string, ...providers: Provider[]): DynamicModule => {
    const all = [{ provide: "app id", useValue: appId }, ...providers];
    return { module: Ids, providers: all, exports: all };
  };
  const module = await Test.createTestingModule({
    imports: [
      MechaModule.forRootAsync({ imports: [ids("by class")], useClass: Places }),
      MechaModule.forRootAsync({ name: "other", imports: [ids("by provider", Places)], useExisting: Places }),
    ],
  }).compile();
  const appIds = [mechaToken(), mechaToken("other")].map((token) => module.get<Mecha>(token).appId);
  expect(appIds).toEqual(["by class", "by provider"]);
  await module.close();
});

test("closing waits for handlers, which still have everything", async () => {
  const module = await startApp();
  const { mecha } = module.get(Orders);
  let end = (): void => undefined;
  mayEnd = new Promise((resolve) => (end = resolve));
  const begun = nextHandled();
  const answer = mecha.app("shop").invoke("slow");
  await begun;
  const closing = module.close();
  end();
  expect(await answer).toBe("done");
  await closing;
  expect(log).toEqual([1, "shutdown"]);
  await expect(mecha.state("orders").get("slow")).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});
