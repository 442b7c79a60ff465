import "reflect-metadata";
import { MechaError } from "@mecha/sdk-core";
import { handlerTitle, type MethodSpec } from "./handler-spec.js";

/** Where a method's handlers stand; a text, because two copies of this package read each other's. */
const key = "mecha:handlers";

/** Where Nest notes that calls begin at a class, so that global guards and their kin of request scope are made for each call. */
const entryProvider = "__entryProvider__";

/** Decorates a method that can be called: a private one is none to the compiler, and a static one has no instance. */
export type HandlerDecorator = <K extends string | symbol, T extends Methods<K>>(
  target: T & NoConstructor<T>,
  method: K,
  descriptor: PropertyDescriptor,
) => void;

type Methods<K extends string | symbol> = Record<K, (...parameters: never[]) => unknown>;

type NoConstructor<T> = T extends abstract new (...parameters: never[]) => unknown ? never : unknown;

/** Makes the decorator of a handler. A method may have several. */
export function handlerDecorator(spec: MethodSpec): HandlerDecorator {
  return (target: object, method: string | symbol, descriptor?: PropertyDescriptor) => {
    const handle = requireMethod({ target, method, descriptor }, handlerTitle(spec));
    // Decorators are applied from the bottom up.
    Reflect.defineMetadata(key, [spec, ...handlersOf(handle)], handle);
    Reflect.defineMetadata(entryProvider, true, target.constructor);
  };
}

/** What a method is decorated to handle. */
export function handlersOf(method: object): readonly MethodSpec[] {
  return (Reflect.getMetadata(key, method) as readonly MethodSpec[] | undefined) ?? [];
}

/** What a decorator was put on. */
interface Decorated {
  readonly target: unknown;
  readonly method: string | symbol | { readonly name?: string | symbol } | null;
  readonly descriptor: PropertyDescriptor | undefined;
}

function requireMethod({ target, method, descriptor }: Decorated, title: string): object {
  // The standard passes a context where the compiler's own decorators are given a name.
  if (typeof method === "object") {
    throw invalid(
      `${title} on "${String(method?.name)}" is applied as a standard decorator; NestJS needs "experimentalDecorators" of the compiler`,
    );
  }
  if (typeof target === "function") {
    throw invalid(
      `${title} is on the static method ${target.name}.${String(method)}, which belongs to no instance; put it on a method of the instance`,
    );
  }
  const handle: unknown = descriptor?.value;
  if (typeof handle === "function") return handle;
  const owner = (target as object).constructor.name;
  throw invalid(`${title} is on ${owner}.${String(method)}, which is no method; put it on a method`);
}

function invalid(message: string): MechaError {
  return new MechaError("CONFIGURATION_INVALID", message, { operation: "nest.decorate" });
}
