import "reflect-metadata";
import { MechaError } from "@mecha/sdk-core";
import { ContextIdFactory, type ExternalContextCreator, type ModuleRef } from "@nestjs/core";
import type { HandlerCall } from "../handlers/handler-call.js";
import {
  argumentFactory,
  type ParameterNotes,
  plainArguments,
  plainParameters,
  routeArguments,
} from "../handlers/parameters.js";
import type { FoundMethod, InstanceWrapper } from "./found-handler.js";
import { inModuleOf, moduleRefOf } from "./found-module.js";
import { leanTarget } from "./lean-creator.js";

/** Calls a handler, with its guards, interceptors, pipes and filters around it. What it gives may be a promise; it never throws. */
export type CallHandler = (call: HandlerCall) => unknown;

/** Nest's context id, which has a parent where a durable provider's strategy gave it one. */
export type ContextId = ReturnType<typeof ContextIdFactory.create>;

/** An object that the container made. */
export type Instance = Readonly<Record<string, (...parameters: unknown[]) => unknown>>;

/** What the type of an `ExecutionContext` is in a handler. */
const contextType = "mecha";

/** Makes what calls the methods of an app's handlers. */
export class MethodCaller {
  readonly #creator: ExternalContextCreator;

  constructor(creator: ExternalContextCreator) {
    this.#creator = creator;
  }

  /** A singleton is prepared once; what is of a request's scope is made for each call, which is its request. */
  create(found: FoundMethod): CallHandler {
    const { wrapper } = found;
    if (wrapper.isDependencyTreeStatic()) return this.of(found, wrapper.instance as Instance);
    const modules = moduleRefOf(wrapper);
    return async (call) => {
      const contextId = contextIdOf(call, modules, wrapper);
      const instance = await modules.resolve<Instance>(wrapper.token as string, contextId);
      return this.of(found, instance, contextId)(call);
    };
  }

  /** Prepares a method of an object. */
  of({ wrapper, method, prototype }: FoundMethod, instance: Instance, contextId?: ContextId): CallHandler {
    const notes = notesOf({ prototype, method });
    const target = leanTarget(
      inModuleOf(wrapper, this.#creator),
      instance,
      requireMethod(instance, method),
      method,
      notes === undefined ? plainArguments : routeArguments,
      argumentFactory,
      contextId,
      wrapper.id,
      undefined,
      contextType,
    );
    // In this order, so that switchToRpc() gives what it does in a microservice.
    return (call) => target(call.payload, call);
  }
}

/** What the parameters of a method are decorated with; prepares a method without decorated parameters. */
function notesOf({ prototype, method }: Pick<FoundMethod, "prototype" | "method">): ParameterNotes | undefined {
  const notes = Reflect.getMetadata(routeArguments, prototype.constructor, method) as ParameterNotes | undefined;
  if (notes !== undefined) return notes;
  const { length } = requireMethod(prototype as Instance, method);
  const plain = Object.entries(plainParameters).filter(([, { index }]) => index < length);
  Reflect.defineMetadata(plainArguments, Object.fromEntries(plain), prototype.constructor, method);
  return undefined;
}

function requireMethod(instance: Instance, method: string): (...parameters: unknown[]) => unknown {
  const found = instance[method];
  if (found !== undefined) return found;
  throw new MechaError("INTERNAL", `There is no method ${method} any more`, { operation: "nest.start" });
}

function contextIdOf(call: HandlerCall, modules: ModuleRef, wrapper: InstanceWrapper): ContextId {
  const contextId = ContextIdFactory.getByRequest(call);
  const { payload } = contextId;
  const isDurable = wrapper.isDependencyTreeDurable() && payload !== undefined;
  modules.registerRequestByContextId(isDurable ? payload : call, contextId);
  return contextId;
}
