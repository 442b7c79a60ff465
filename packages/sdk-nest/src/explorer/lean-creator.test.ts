import "reflect-metadata";
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  Injectable,
  type PipeTransform,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from "@nestjs/common";
import { ExternalContextCreator } from "@nestjs/core";
import { Test, type TestingModule } from "@nestjs/testing";
import { map, type Observable, of } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { argumentFactory, plainArguments, plainParameters } from "../handlers/parameters.js";
import { HandlerCall } from "../handlers/handler-call.js";
import { leanTarget, type Target } from "./lean-creator.js";

class Refusal implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const doubled: PipeTransform<number> = { transform: (value) => value * 2 };

const described = {
  intercept: (_context: unknown, next: { handle(): Observable<unknown> }) =>
    next.handle().pipe(map((value) => `intercepted ${String(value)}`)),
};

@Catch()
class Named implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost): string {
    return `${error.message} of ${String(host.switchToRpc().getData())} in ${host.getType()}`;
  }
}

@Injectable()
class Methods {
  plain(value: number): number {
    return value + 1;
  }

  async later(value: number): Promise<number> {
    return value + 2;
  }

  nothing(): void {
    // Returns nothing.
  }

  stream(value: number): Observable<number> {
    return of(value, value + 3);
  }

  async laterStream(value: number): Promise<Observable<number>> {
    return of(value, value + 4);
  }

  context(_value: number, { name }: HandlerCall): string {
    return name;
  }

  @UseFilters(Named)
  fails(): void {
    throw new Error("fault");
  }

  @UseFilters(Named)
  async failsLater(): Promise<void> {
    throw new Error("later fault");
  }

  @UseGuards(Refusal)
  guarded(value: number): number {
    return value;
  }

  @UsePipes(doubled)
  piped(value: number): number {
    return value;
  }

  @UseInterceptors(described)
  intercepted(value: number): number {
    return value;
  }
}

let module: TestingModule;

beforeAll(async () => {
  module = await Test.createTestingModule({ providers: [Methods] }).compile();
});
afterAll(() => module.close());

function call(method: keyof Methods, read: () => unknown = () => 1): unknown {
  const instance = module.get(Methods);
  const { length } = instance[method];
  const notes = Object.entries(plainParameters).filter(([, { index }]) => index < length);
  Reflect.defineMetadata(plainArguments, Object.fromEntries(notes), Methods, method);
  const target: Target = leanTarget(
    module.get(ExternalContextCreator),
    instance,
    // The arguments that it gets are what the test is about.
    instance[method] as (...given: unknown[]) => unknown,
    method,
    plainArguments,
    argumentFactory,
    undefined,
    undefined,
    undefined,
    "mecha",
  );
  const identity = { kind: "topic", runtime: "default", component: "events", name: "orders" } as const;
  const handlerCall = new HandlerCall(identity, {}, read);
  return target(handlerCall.payload, handlerCall);
}

describe("a method without guards, interceptors and pipes", () => {
  test("is called at once", () => {
    expect(call("plain")).toBe(2);
    expect(call("nothing")).toBeUndefined();
    expect(call("context")).toBe("orders");
  });

  test("is waited for if it gives a promise or a stream", async () => {
    expect(call("later")).toBeInstanceOf(Promise);
    expect(await call("later")).toBe(3);
    expect(await call("stream")).toBe(4);
    expect(await call("laterStream")).toBe(5);
  });

  test.each([
    ["throws", "fails", "fault of 1 in mecha"],
    ["rejects", "failsLater", "later fault of 1 in mecha"],
  ] as const)("that %s is settled by its filter", async (_how, method, said) => {
    expect(await call(method)).toBe(said);
  });

  test("rejects with what cannot be read", async () => {
    const unreadable = (): never => {
      throw new Error("no JSON");
    };
    await expect(call("plain", unreadable)).rejects.toMatchObject({ message: "no JSON", status: 400 });
  });
});

test("guards, pipes and interceptors are gone through", async () => {
  await expect(call("guarded")).rejects.toMatchObject({ status: 403 });
  expect(await call("piped")).toBe(2);
  expect(await call("intercepted")).toBe("intercepted 1");
});
