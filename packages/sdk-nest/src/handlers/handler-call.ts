import type { MethodSpec } from "./handler-spec.js";

/** What kind of call a handler was made for. */
export type HandlerKind = MethodSpec["kind"];

/**
 * A call of the runtime, as its handler, guards and interceptors see it: `@EventContext()` of a parameter,
 * `context.switchToRpc().getContext()` of an `ExecutionContext`, whose type is `mecha`.
 *
 * @typeParam M - what came: a `TopicEvent` (a list of `BulkTopicEvent` with `bulk`), `BindingEvent`, `Invocation`, `JobEvent`,
 * `ConfigurationValues` or, for an actor, `ActorContext` of `@mecha/sdk-core`
 */
export interface HandlerContext<M = unknown> {
  readonly kind: HandlerKind;
  /** Name of the runtime that called. */
  readonly runtime: string;
  /** Name of the pub/sub component, binding or configuration store, type of the actor; `undefined` for invocations and jobs. */
  readonly component: string | undefined;
  /** Name of the topic, binding, method, job, timer, reminder or configuration store. */
  readonly name: string;
  /** What came, as `@mecha/sdk-core` gives it to its handlers. */
  readonly message: M;
}

/** What of a call is the same each time. */
export interface HandlerIdentity {
  readonly kind: HandlerKind;
  readonly runtime: string;
  readonly component: string | undefined;
  readonly name: string;
}

/** One call of a handler. A class: it is made for every event. */
export class HandlerCall implements HandlerContext {
  readonly kind: HandlerKind;
  readonly runtime: string;
  readonly component: string | undefined;
  readonly name: string;
  readonly message: unknown;
  /** What `@Payload()` gives; `undefined` where it cannot be read. */
  readonly payload: unknown;
  /** Why the payload cannot be read. */
  readonly unreadable: unknown;

  constructor(
    { kind, runtime, component, name }: HandlerIdentity,
    message: unknown,
    read: (message: unknown) => unknown,
  ) {
    this.kind = kind;
    this.runtime = runtime;
    this.component = component;
    this.name = name;
    this.message = message;
    try {
      this.payload = read(message);
    } catch (thrown) {
      // Thrown where the parameter is made, so that exception filters see it.
      this.unreadable = thrown;
    }
  }
}
