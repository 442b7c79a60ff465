import "reflect-metadata";
import { Controller, Injectable, Module, Scope, type Type } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import type { State } from "@mecha/sdk-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  Actor,
  ActorMethod,
  CloudEvent,
  InjectState,
  MechaModule,
  OnInvoke,
  OnJob,
  OnReminder,
  Subscribe,
} from "../index.js";
import { MechaTesting } from "../testing/index.js";

let testing: MechaTesting;
beforeAll(async () => {
  testing = await MechaTesting.start({
    timeoutMs: 60_000,
    components: { events: "pubsub.in-memory", orders: "state.in-memory" },
  });
});
afterAll(async () => {
  await testing.close();
});

/** What an app with these classes says when it starts. */
async function startOf(...classes: readonly Type[]): Promise<readonly string[]> {
  const builder = Test.createTestingModule({ imports: [MechaModule.forRoot()], providers: [...classes] });
  const module = await testing.override(builder).compile();
  module.useLogger(false);
  const error: unknown = await module.init().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
  return (error as Error).message.split("\n- ").slice(1);
}

@Injectable()
class Misspelt {
  constructor(@InjectState("ordres") readonly orders: State<unknown>) {}

  @InjectState("orders") declare readonly right: State<unknown>;

  @Subscribe("evnts", "orders")
  placed(): void {}
}

@Injectable()
class First {
  @OnInvoke("reserve")
  reserve(): void {}

  @Subscribe("events", "orders")
  placed(): void {}
}

@Injectable()
class Second {
  @OnInvoke("reserve")
  alsoReserve(): void {}

  @Subscribe("events", "orders")
  placed(): void {}

  @OnJob("close", { runtime: "elsewhere" })
  close(@CloudEvent() _event: unknown): void {}
}

class Untyped {
  placed(_order: unknown): void {}
  circular(_order: unknown): void {}
}
// As a compiler without decorator metadata writes it, and one whose imports go in a circle.
Injectable()(Untyped);
for (const method of ["placed", "circular"] as const) {
  Subscribe("events", method)(Untyped.prototype, method, Object.getOwnPropertyDescriptor(Untyped.prototype, method)!);
}
Reflect.defineMetadata("design:paramtypes", [undefined], Untyped.prototype, "circular");

@Injectable()
class NoActor {
  @ActorMethod("add")
  add(): void {}
}

@Injectable()
@Actor("Cart")
class Cart {
  @ActorMethod("add")
  add(): void {}

  @ActorMethod("add")
  addAgain(): void {}

  @OnReminder()
  all(): void {}

  @Subscribe("events", "carts")
  placed(): void {}
}

test("unknown components are named, with where they stand and what there is", async () => {
  expect(await startOf(Misspelt)).toEqual([
    'Misspelt.placed, @Subscribe("evnts", "orders"): the runtime has no component "evnts" of pubsub; it has "events"',
    expect.stringMatching(
      /^Misspelt, parameter 1 of its constructor, @InjectState\("ordres"\): the runtime has no component "ordres" of state; it has "orders"/,
    ),
  ]);
});

test("two handlers of which one would never be called are named both", async () => {
  const lines = await startOf(First, Second);
  expect(lines).toEqual([
    'Second.close, @OnJob("close"): there is no MechaModule of the name "elsewhere"; there is "default"',
    'Second.close, @OnJob("close"): @CloudEvent() is for topics; take @EventContext(), whose message is what came',
    expect.stringMatching(/^Second\.alsoReserve, @OnInvoke\("reserve"\): .*\(the other one is First\.reserve\)$/),
    expect.stringMatching(/^Second\.placed, @Subscribe\("events", "orders"\): .*\(the other one is First\.placed\)$/),
  ]);
});

test("a handler on a provider that nobody has made is found", async () => {
  @Injectable({ scope: Scope.TRANSIENT })
  class Fleeting {
    @OnInvoke("answer")
    answer(): void {}
  }
  expect(await startOf(Fleeting)).toEqual([
    expect.stringMatching(/^Fleeting\.answer, @OnInvoke\("answer"\): its class has transient scope/),
  ]);
});

test("payloads whose type pipes cannot know are found, unless that is meant", async () => {
  expect(await startOf(Untyped)).toEqual([
    expect.stringMatching(/^Untyped\.placed, .*parameter 1 has no type at run time: have the compiler emit/),
    expect.stringMatching(/^Untyped\.circular, .*the type of parameter 1 is not there yet/),
  ]);
  const builder = Test.createTestingModule({
    imports: [MechaModule.forRoot({ checkParameterTypes: false })],
    providers: [Untyped],
  });
  const module = await testing.override(builder).compile();
  await module.init();
  expect(await testing.publish("events", "placed", 1)).toMatchObject({ outcome: "success" });
  await module.close();
});

test("methods of actors belong in classes of actors, other handlers do not", async () => {
  expect(await startOf(NoActor, Cart)).toEqual([
    'NoActor.add, @ActorMethod("add"): the class has no @Actor(), which makes it one of actors',
    expect.stringMatching(
      /^Cart\.placed, @Subscribe\("events", "carts"\): a class with @Actor\(\) is made for one actor/,
    ),
    'Cart, @Actor("Cart"): another decorator gives it a scope of its own; leave @Injectable() away',
    'Cart.addAgain, @ActorMethod("add"): another method of the class has the same name',
  ]);
});

test("a decorator refuses what is no method of an instance", () => {
  const decorate = Subscribe("events", "orders") as (...what: readonly unknown[]) => void;
  expect(() => {
    decorate(First, "make", { value: () => undefined });
  }).toThrow('@Subscribe("events", "orders") is on the static method First.make');
  expect(() => {
    decorate(First.prototype, "field", undefined);
  }).toThrow("is on First.field, which is no method");
  expect(() => {
    decorate(() => undefined, { kind: "method", name: "placed" });
  }).toThrow('on "placed" is applied as a standard decorator');
});

test("the compiler refuses private and static methods", () => {
  // Each line would be an error of the type check if the decorator took it.
  expect(() => {
    @Controller()
    class Wrong {
      // @ts-expect-error -- a private method
      @OnInvoke("private")
      private hidden(): void {}

      // @ts-expect-error -- a static method
      @OnInvoke("static")
      static shared(): void {}

      call(): void {
        this.hidden();
      }
    }
    return Wrong;
  }).toThrow("is on the static method");
});

test("handlers of modules that are imported twice are one", async () => {
  class Shared {
    readonly name = "shared";
  }
  Module({ providers: [First], exports: [First] })(Shared);
  const builder = Test.createTestingModule({ imports: [MechaModule.forRoot(), Shared, Shared] });
  const module = await testing.override(builder).compile();
  await module.init();
  expect(await testing.invoke("reserve")).toBeUndefined();
  await module.close();
});
