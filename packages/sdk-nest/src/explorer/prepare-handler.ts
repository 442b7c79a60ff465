import type { HandlerIdentity } from "../handlers/handler-call.js";
import type { HandlerSpec } from "../handlers/handler-spec.js";
import type { ObserveCall } from "../handlers/observe-calls.js";
import { payloadFormOf, payloadReader } from "../handlers/read-payload.js";
import type { ReadyHandler } from "./add-handler.js";
import type { FoundHandler } from "./found-handler.js";
import type { MethodCaller } from "./method-caller.js";
import { payloadTypeOf } from "./parameter-types.js";

/** How handlers are called. */
export interface HandlerCalls {
  readonly runtime: string;
  readonly caller: MethodCaller;
  readonly observe: ObserveCall | undefined;
  /** Tells of an event that is given up. */
  readonly warn: (message: string) => void;
}

/**
 * Makes a handler ready to be called.
 *
 * @param hasDeadLetterTopic - whether what it refuses goes somewhere
 */
export function prepareHandler(found: FoundHandler, calls: HandlerCalls, hasDeadLetterTopic: boolean): ReadyHandler {
  const { runtime, caller, observe, warn } = calls;
  const { spec } = found;
  const call = caller.create(found);
  return {
    spec,
    hasDeadLetterTopic,
    warn,
    identity: identityOf(spec, runtime),
    call: observe === undefined ? call : observe(call, hasDeadLetterTopic),
    readPayload: payloadReader(spec, payloadFormOf(payloadTypeOf(found))),
  };
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
