import "reflect-metadata";
import type { ActorOptions } from "@mecha/sdk-core";
import type { RuntimeChoice } from "../handlers/handler-spec.js";

/** How a class of actors is hosted. */
export interface ActorClassOptions extends RuntimeChoice, Omit<ActorOptions, "type" | "methods"> {}

/** What `@Actor()` was told. */
export interface ActorDecoration {
  readonly type: string;
  readonly options: ActorClassOptions;
}

/** A text, because two copies of this package read each other's. */
const key = "mecha:actor";

/** Notes that a class is one of actors. */
export function decorateActor(target: object, decoration: ActorDecoration): void {
  Reflect.defineMetadata(key, decoration, target);
}

/** What a class was told to be; a class that extends one of actors is none by itself. */
export function actorOf(target: object): ActorDecoration | undefined {
  return Reflect.getOwnMetadata(key, target) as ActorDecoration | undefined;
}
