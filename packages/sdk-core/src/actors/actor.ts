import type { ActorAddress } from "../app/actor-channel.js";
import type { FacadeContext } from "../facade-context.js";
import { lazyFacade, lazyModule } from "../lazy-facade.js";
import { actorName, requireName } from "./actor-address.js";
import type { ActorCalls, InvokeActorOptions } from "./actor-calls.js";
import type { ActorReminders, ActorTypeReminders } from "./actor-reminders.js";
import type { ActorStateStore } from "./actor-state.js";
import type { ActorTimers } from "./actor-timers.js";

/** One actor, as its callers see it (Dapr's actors building block). */
export interface ActorClient extends ActorCalls {
  readonly actorType: string;
  readonly actorId: string;
  /** Its state, as the runtime keeps it. */
  readonly state: ActorStateStore;
  readonly timers: ActorTimers;
  readonly reminders: ActorReminders;
  /** Its name in messages: `actor "Cart/42"`. */
  toString(): string;
}

/** The methods of an actor that can be called from elsewhere: those with one parameter, or none. */
export type ActorMethods<T> = {
  readonly [K in keyof T as CallableName<T, K>]: T[K] extends (...args: infer A) => infer R
    ? A extends []
      ? (data?: undefined, options?: InvokeActorOptions) => Promise<Awaited<R>>
      : (...args: [...A, options?: InvokeActorOptions]) => Promise<Awaited<R>>
    : never;
};

/** Names of T that stand for a method which a caller may name. */
type CallableName<T, K extends keyof T> = K extends keyof ActorClient | UncallableName
  ? never
  : T[K] extends (...args: infer A) => unknown
    ? A extends [] | [unknown?]
      ? K
      : never
    : never;

/** Names that JavaScript or the host's side asks for by itself: they are no methods of an actor. */
type UncallableName =
  | "then"
  | "catch"
  | "finally"
  | "toJSON"
  | "constructor"
  | "onActivate"
  | "onDeactivate"
  | "onReminder";

/** An actor with its methods: `await cart.add(item)` calls the method `add`. */
export type Actor<T> = ActorClient & ActorMethods<T>;

/** All actors of one type. */
export interface ActorType {
  /** Reminders of all of them. */
  readonly reminders: ActorTypeReminders;
}

const modules = {
  calls: lazyModule(() => import("./actor-calls.js")),
  state: lazyModule(() => import("./actor-state.js")),
  timers: lazyModule(() => import("./actor-timers.js")),
  reminders: lazyModule(() => import("./actor-reminders.js")),
};

const typeReminders = { list: "call", unregisterAll: "call" } as const;

const shapes = {
  calls: { invoke: "call" },
  state: { get: "call", transaction: "call" },
  timers: { register: "call", unregister: "call" },
  reminders: { ...typeReminders, register: "call", unregister: "call", get: "call" },
  typeReminders,
} as const;

/** Makes the client of one actor; what it needs is loaded with its first call. */
function createActorClient(context: FacadeContext, actorType: string, actorId: string): ActorClient {
  const address: ActorAddress = {
    actorType: requireName(actorType, "type of an actor"),
    actorId: requireName(actorId, `id of an actor of type "${actorType}"`),
  };
  const calls: ActorCalls = lazyFacade(
    modules.calls,
    ({ createActorCalls }) => createActorCalls(context, address),
    shapes.calls,
  );
  return {
    ...address,
    ...calls,
    toString: () => actorName(address),
    state: lazyFacade(modules.state, ({ createActorState }) => createActorState(context, address), shapes.state),
    timers: lazyFacade(modules.timers, ({ createActorTimers }) => createActorTimers(context, address), shapes.timers),
    reminders: lazyFacade(
      modules.reminders,
      ({ createActorReminders }) => createActorReminders(context, address),
      shapes.reminders,
    ),
  };
}

/** Makes the client of one actor that also has the actor's methods. */
export function createActor<T>(context: FacadeContext, actorType: string, actorId: string): Actor<T> {
  const client = createActorClient(context, actorType, actorId);
  const known = new Map<PropertyKey, unknown>(Object.entries(client));
  const actor = new Proxy(Object.freeze({}), {
    get(target, name): unknown {
      if (known.has(name)) return known.get(name);
      // Neither what the language looks up by itself (`then` by await, `toJSON`, symbols), nor what every object has.
      if (typeof name === "symbol" || unasked.has(name) || name in target) return Reflect.get(target, name);
      const call = (data?: unknown, options?: InvokeActorOptions): Promise<unknown> =>
        client.invoke(name, data, options);
      known.set(name, call);
      return call;
    },
  });
  // Every name that is not the client's own is a call, which is what the type says.
  return actor as Actor<T>;
}

const unasked: ReadonlySet<string> = new Set(["then", "catch", "finally", "toJSON"]);

/** Makes the client of all actors of a type. */
export function createActorType(context: FacadeContext, actorType: string): ActorType {
  requireName(actorType, "type of actors");
  return {
    reminders: lazyFacade(
      modules.reminders,
      ({ createTypeReminders }) => createTypeReminders(context, actorType),
      shapes.typeReminders,
    ),
  };
}
