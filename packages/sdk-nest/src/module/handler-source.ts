import type { Host } from "@mecha/sdk-core";
import type { InstanceWrapper } from "../explorer/found-handler.js";

/** The method of a provider that gives a host further handlers when the app starts, and says how many. */
export const handlerSource: unique symbol = Symbol.for("mecha.nest.handler-source/1");

/** A provider with handlers that no decorator of this package names. */
export interface HandlerSource {
  /** Name of the runtime whose host takes them; `undefined` for a provider that has a host of its own. */
  readonly runtime: string | undefined;
  [handlerSource](host: Host): number;
}

/** The providers of an app that have handlers for a runtime's host. */
export function handlerSourcesOf(wrappers: readonly InstanceWrapper[], runtime: string): readonly HandlerSource[] {
  const instances = wrappers.map(({ instance }): unknown => instance).filter(isHandlerSource);
  return [...new Set(instances)].filter((source) => source.runtime === runtime);
}

function isHandlerSource(instance: unknown): instance is HandlerSource {
  return typeof instance === "object" && instance !== null && handlerSource in instance;
}
