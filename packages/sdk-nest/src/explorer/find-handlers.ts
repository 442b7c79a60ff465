import type { DiscoveryService, MetadataScanner } from "@nestjs/core";
import { actorOf, type ActorDecoration } from "../actors/actor-metadata.js";
import { handlersOf } from "../handlers/handler-metadata.js";
import { type ActorHandlerSpec, isOfActor, type MethodSpec } from "../handlers/handler-spec.js";
import type { FoundHandler, FoundMethod, InstanceWrapper } from "./found-handler.js";

/** A class of actors, and its decorated methods. */
export interface FoundActor {
  readonly wrapper: InstanceWrapper;
  readonly prototype: object;
  readonly decoration: ActorDecoration;
  readonly methods: readonly (FoundMethod & { readonly spec: ActorHandlerSpec })[];
}

/** What a Nest app has for its runtimes to call. */
export interface FoundApp {
  readonly handlers: readonly FoundHandler[];
  readonly actors: readonly FoundActor[];
  /** Methods of actors in classes that are none, and other handlers in those that are. */
  readonly misplaced: readonly (FoundMethod & { readonly spec: MethodSpec })[];
}

/** Finds every decorated method of the app's providers and controllers. */
export function findHandlers(discovery: DiscoveryService, scanner: MetadataScanner): FoundApp {
  const handlers: FoundHandler[] = [];
  const actors: FoundActor[] = [];
  const misplaced: (FoundMethod & { readonly spec: MethodSpec })[] = [];
  for (const wrapper of [...discovery.getProviders(), ...discovery.getControllers()]) {
    const prototype = prototypeOf(wrapper);
    if (prototype === undefined) continue;
    const decoration = actorOf(prototype.constructor);
    const methods: FoundActor["methods"][number][] = [];
    for (const { spec, method } of decoratedIn(prototype, scanner)) {
      const found = { wrapper, prototype, method };
      if (isOfActor(spec)) (decoration === undefined ? misplaced : methods).push({ ...found, spec });
      else if (decoration === undefined) handlers.push({ ...found, spec });
      else misplaced.push({ ...found, spec });
    }
    if (decoration !== undefined) actors.push({ wrapper, prototype, decoration, methods });
  }
  return { handlers, actors, misplaced };
}

function prototypeOf(wrapper: InstanceWrapper): object | undefined {
  const instance: unknown = wrapper.instance;
  // An alias is another name of what is found by its own.
  if (wrapper.isAlias || typeof instance !== "object" || instance === null) return undefined;
  const prototype = Object.getPrototypeOf(instance) as object | null;
  return prototype === null || prototype === Object.prototype ? undefined : prototype;
}

function decoratedIn(prototype: object, scanner: MetadataScanner): readonly { method: string; spec: MethodSpec }[] {
  return scanner.getAllMethodNames(prototype).flatMap((method) => {
    const handle = (prototype as Readonly<Record<string, unknown>>)[method];
    return typeof handle === "function" ? handlersOf(handle).map((spec) => ({ method, spec })) : [];
  });
}
