import "reflect-metadata";
import type { HandlerIdentity } from "../handlers/handler-call.js";
import type { HandlerSpec } from "../handlers/handler-spec.js";
import { isPayload, type ParameterNotes, routeArguments } from "../handlers/parameters.js";
import { payloadFormOf, payloadReader } from "../handlers/read-payload.js";
import type { ReadyHandler } from "./add-handler.js";
import type { FoundHandler } from "./found-handler.js";
import type { MethodCaller } from "./method-caller.js";

/** Makes handlers ready to be called. */
export function prepareHandlers(
  found: readonly FoundHandler[],
  runtime: string,
  caller: MethodCaller,
): readonly ReadyHandler[] {
  return found.map((handler) => ({
    spec: handler.spec,
    identity: identityOf(handler.spec, runtime),
    call: caller.create(handler),
    readPayload: payloadReader(handler.spec, payloadFormOf(payloadTypeOf(handler))),
  }));
}

/** The type of the parameter that gets the whole payload, as far as the compiler told it. */
export function payloadTypeOf({ prototype, method }: FoundHandler): unknown {
  const types = Reflect.getMetadata("design:paramtypes", prototype, method) as readonly unknown[] | undefined;
  const notes = Reflect.getMetadata(routeArguments, prototype.constructor, method) as ParameterNotes | undefined;
  if (notes === undefined) return types?.[0];
  const [, whole] = Object.entries(notes).find(([key, { data }]) => isPayload(key) && data === undefined) ?? [];
  return whole === undefined ? undefined : types?.[whole.index];
}

function identityOf(spec: HandlerSpec, runtime: string): HandlerIdentity {
  const { kind } = spec;
  switch (kind) {
    case "topic":
      return { kind, runtime, component: spec.pubsub, name: spec.topic };
    case "binding":
      return { kind, runtime, component: spec.name, name: spec.name };
    case "invocation":
      return { kind, runtime, component: undefined, name: spec.method };
    case "job":
      return { kind, runtime, component: undefined, name: spec.name };
    case "configuration":
      return { kind, runtime, component: spec.store, name: spec.store };
  }
}
