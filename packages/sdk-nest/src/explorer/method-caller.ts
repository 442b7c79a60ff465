import "reflect-metadata";
import { MechaError } from "@mecha/sdk-core";
import { ContextIdFactory, type ExternalContextCreator, ModuleRef } from "@nestjs/core";
import type { HandlerCall } from "../handlers/handler-call.js";
import {
  argumentFactory,
  type ParameterNotes,
  plainArguments,
  plainParameters,
  routeArguments,
} from "../handlers/parameters.js";
import type { FoundHandler, InstanceWrapper } from "./found-handler.js";

/** Calls a handler, with its guards, interceptors, pipes and filters around it. */
export type CallHandler = (call: HandlerCall) => Promise<unknown>;

/** What the type of an `ExecutionContext` is in a handler. */
const contextType = "mecha";

/** Nest's context id, which has a parent where a durable provider's strategy gave it one. */
type ContextId = ReturnType<typeof ContextIdFactory.create>;

type Instance = Readonly<Record<string, (...parameters: unknown[]) => unknown>>;

/** Makes what calls the methods of an app's handlers. */
export class MethodCaller {
  readonly #creator: ExternalContextCreator;

  constructor(creator: ExternalContextCreator) {
    this.#creator = creator;
  }

  /** A singleton is prepared once; what is of a request's scope is made for each call, which is its request. */
  create(found: FoundHandler): CallHandler {
    const { wrapper } = found;
    if (wrapper.isDependencyTreeStatic()) {
      const target = this.#target(found, wrapper.instance as Instance);
      return (call) => target(call.payload, call);
    }
    const modules = moduleRefOf(wrapper);
    return async (call) => {
      const contextId = contextIdOf(call, modules, wrapper);
      const instance = await modules.resolve<Instance>(wrapper.token as string, contextId);
      return this.#target(found, instance, contextId)(call.payload, call);
    };
  }

  #target({ wrapper, method, prototype }: FoundHandler, instance: Instance, contextId?: ContextId): CallTarget {
    const notes = notesOf({ prototype, method });
    return inModuleOf(wrapper, this.#creator).create(
      instance,
      requireMethod(instance, method),
      method,
      notes === undefined ? plainArguments : routeArguments,
      argumentFactory,
      contextId,
      wrapper.id,
      undefined,
      contextType,
    ) as CallTarget;
  }
}

/** The container made the instance of the class on which the method was found. */
function requireMethod(instance: Instance, method: string): Instance[string] {
  const found = instance[method];
  if (found === undefined)
    throw new MechaError("INTERNAL", `There is no method ${method} any more`, { operation: "nest.start" });
  return found;
}

type CallTarget = (payload: unknown, call: HandlerCall) => Promise<unknown>;

/** What the parameters of a method are decorated with; prepares a method without decorated parameters. */
function notesOf({ prototype, method }: Pick<FoundHandler, "prototype" | "method">): ParameterNotes | undefined {
  const notes = Reflect.getMetadata(routeArguments, prototype.constructor, method) as ParameterNotes | undefined;
  if (notes !== undefined) return notes;
  const { length } = requireMethod(prototype as Instance, method);
  const plain = Object.entries(plainParameters).filter(([, { index }]) => index < length);
  Reflect.defineMetadata(plainArguments, Object.fromEntries(plain), prototype.constructor, method);
  return undefined;
}

function moduleRefOf(wrapper: InstanceWrapper): ModuleRef {
  if (wrapper.host !== undefined) return wrapper.host.getProviderByKey<ModuleRef>(ModuleRef).instance;
  throw new MechaError("INTERNAL", `${wrapper.name} belongs to no module`, { operation: "nest.start" });
}

function contextIdOf(call: HandlerCall, modules: ModuleRef, wrapper: InstanceWrapper): ContextId {
  const contextId = ContextIdFactory.getByRequest(call);
  const { payload } = contextId;
  modules.registerRequestByContextId(
    wrapper.isDependencyTreeDurable() && payload !== undefined ? payload : call,
    contextId,
  );
  return contextId;
}

/**
 * The creator looks for a class's guards and pipes in the module that provides it, and does not find that of a controller: guards
 * named by their class would be left out. So it is told the module.
 */
function inModuleOf({ host }: InstanceWrapper, creator: ExternalContextCreator): ExternalContextCreator {
  if (host === undefined) return creator;
  const key = { value: () => host.token };
  return Object.create(creator, { getContextModuleKey: key, getHostModuleKey: key }) as ExternalContextCreator;
}
