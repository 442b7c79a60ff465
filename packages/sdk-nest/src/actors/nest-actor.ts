import { type ActorContext, type ActorFactory, type ActorLifecycle, MechaError } from "@mecha/sdk-core";
import { ContextIdFactory } from "@nestjs/core";
import type { FoundActor } from "../explorer/find-handlers.js";
import { moduleRefOf } from "../explorer/found-module.js";
import type { CallHandler, Instance, MethodCaller } from "../explorer/method-caller.js";
import { HandlerCall } from "../handlers/handler-call.js";
import type { ObserveCall } from "../handlers/observe-calls.js";
import { replyErrorOf } from "../outcome/outcome-of.js";
import { Activation } from "./actor-context.js";

/** How the actors of a class are made. */
export interface NestActors {
  readonly found: FoundActor;
  readonly runtime: string;
  readonly caller: MethodCaller;
  readonly observe: ObserveCall | undefined;
}

/** Has the container make the actors of a class. */
export function nestActors(actors: NestActors): ActorFactory {
  return { create: (context) => new NestActor(actors, context).object };
}

/** The names of the methods that callers may call. */
export function callableMethods({ methods }: FoundActor): readonly string[] {
  return methods.flatMap(({ spec }) => (spec.kind === "actor-method" ? [spec.name] : []));
}

type Method = FoundActor["methods"][number];

/** One activation of an actor. The container makes objects asynchronously, so this one has another stand for its own. */
class NestActor {
  readonly object: object & ActorLifecycle;
  readonly #actors: NestActors;
  readonly #context: ActorContext;
  readonly #contextId = ContextIdFactory.create();
  readonly #calls = new Map<Method, CallHandler>();
  #instance: (Instance & ActorLifecycle) | undefined;

  constructor(actors: NestActors, context: ActorContext) {
    this.#actors = actors;
    this.#context = context;
    const { methods } = actors.found;
    const named = methods.flatMap((method) => {
      const { kind, name } = method.spec;
      return kind === "reminder" ? [] : [[name, (data: unknown) => this.#call(method, name, data)] as const];
    });
    const reminders = new Map(
      methods.flatMap((each) => (each.spec.kind === "reminder" ? [[each.spec.name, each]] : [])),
    );
    this.object = {
      ...Object.fromEntries(named),
      onActivate: () => this.#activate(),
      onDeactivate: () => this.#instance?.onDeactivate?.(),
      ...(reminders.size > 0 && {
        onReminder: async ({ name, data }): Promise<"cancel" | void> => {
          const method = reminders.get(name) ?? reminders.get(undefined);
          if (method === undefined) throw this.#error("NOT_FOUND", `has no method for reminder "${name}"`);
          return (await this.#call(method, name, data)) === "cancel" ? "cancel" : undefined;
        },
      }),
    } satisfies ActorLifecycle;
  }

  async #activate(): Promise<void> {
    const { wrapper } = this.#actors.found;
    const modules = moduleRefOf(wrapper);
    modules.registerRequestByContextId(new Activation(this.#context), this.#contextId);
    this.#instance = await modules.resolve<Instance & ActorLifecycle>(wrapper.token as string, this.#contextId);
    await this.#instance.onActivate?.();
  }

  async #call(method: Method, name: string, data: unknown): Promise<unknown> {
    const { kind } = method.spec;
    const identity = { kind, runtime: this.#actors.runtime, component: this.#context.type, name };
    try {
      return await this.#prepared(method)(new HandlerCall(identity, this.#context, () => data));
    } catch (thrown) {
      throw replyErrorOf(thrown);
    }
  }

  /** Prepared when it is first called: an actor may live for one call. */
  #prepared(method: Method): CallHandler {
    const found = this.#calls.get(method);
    if (found !== undefined) return found;
    const { caller, observe } = this.#actors;
    if (this.#instance === undefined) throw this.#error("FAILED_PRECONDITION", "is not active");
    const call = caller.of(method, this.#instance, this.#contextId);
    const prepared = observe === undefined ? call : observe(call);
    this.#calls.set(method, prepared);
    return prepared;
  }

  #error(code: "FAILED_PRECONDITION" | "NOT_FOUND", what: string): MechaError {
    const { type, id } = this.#context;
    return new MechaError(code, `Actor "${type}/${id}" ${what}`, { operation: "nest.actor", component: type });
  }
}
