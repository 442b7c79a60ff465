import type { DiscoveryService, MetadataScanner } from "@nestjs/core";
import { handlersOf } from "../handlers/handler-metadata.js";
import type { FoundHandler, InstanceWrapper } from "./found-handler.js";

/** Finds every decorated method of the app's providers and controllers. */
export function findHandlers(discovery: DiscoveryService, scanner: MetadataScanner): readonly FoundHandler[] {
  return [...discovery.getProviders(), ...discovery.getControllers()].flatMap((wrapper) =>
    // An alias is another name of what is found by its own.
    wrapper.isAlias ? [] : handlersIn(wrapper, scanner),
  );
}

function handlersIn(wrapper: InstanceWrapper, scanner: MetadataScanner): readonly FoundHandler[] {
  const instance: unknown = wrapper.instance;
  if (typeof instance !== "object" || instance === null) return [];
  const prototype = Object.getPrototypeOf(instance) as object | null;
  if (prototype === null || prototype === Object.prototype) return [];
  return scanner.getAllMethodNames(prototype).flatMap((method) => {
    const handle = (prototype as Readonly<Record<string, unknown>>)[method];
    if (typeof handle !== "function") return [];
    return handlersOf(handle).map((spec) => ({ wrapper, prototype, method, spec }));
  });
}
