import type { DiscoveryService } from "@nestjs/core";
import type { HandlerSpec } from "../handlers/handler-spec.js";

/** A provider or controller, as Nest keeps it. */
export type InstanceWrapper = ReturnType<DiscoveryService["getProviders"]>[number];

/** A method of a provider or controller. */
export interface FoundMethod {
  readonly wrapper: InstanceWrapper;
  /** The object on which the methods stand. */
  readonly prototype: object;
  readonly method: string;
}

/** A method that is decorated to handle something. */
export interface FoundHandler extends FoundMethod {
  readonly spec: HandlerSpec;
}

/** A handler's place in the source, for messages. */
export function placeOf({ prototype, method }: Pick<FoundMethod, "prototype" | "method">): string {
  return `${prototype.constructor.name}.${method}`;
}
