import type { DiscoveryService } from "@nestjs/core";
import type { HandlerSpec } from "../handlers/handler-spec.js";

/** A provider or controller, as Nest keeps it. */
export type InstanceWrapper = ReturnType<DiscoveryService["getProviders"]>[number];

/** A method that is decorated to handle something. */
export interface FoundHandler {
  readonly wrapper: InstanceWrapper;
  /** The object on which the methods stand. */
  readonly prototype: object;
  readonly method: string;
  readonly spec: HandlerSpec;
}

/** A handler's place in the source, for messages. */
export function placeOf({ prototype, method }: Pick<FoundHandler, "prototype" | "method">): string {
  return `${prototype.constructor.name}.${method}`;
}
