import { Inject, Injectable, Scope } from "@nestjs/common";
import { type HandlerDecorator, handlerDecorator } from "../handlers/handler-metadata.js";
import type { InjectDecorator } from "../inject/inject.js";
import { actorContextToken } from "./actor-context.js";
import { type ActorClassOptions, decorateActor } from "./actor-metadata.js";

/**
 * Makes a class one of actors: each actor is an object of it, made when it is first called, with what its constructor injects.
 * The class is a provider of its module; `onActivate()` and `onDeactivate()` are called as of any actor.
 *
 * @param type - name of the type, for callers
 */
export function Actor(type: string, options: ActorClassOptions = {}): ClassDecorator {
  const injectable = Injectable({ scope: Scope.REQUEST });
  return (target) => {
    injectable(target);
    decorateActor(target, { type, options });
  };
}

/** Lets callers call a method of an actor, by this name. */
export function ActorMethod(name: string): HandlerDecorator {
  return handlerDecorator({ kind: "actor-method", name });
}

/** Has a method handle timers of an actor: those that were registered with this name as `callback`. */
export function OnTimer(callback: string): HandlerDecorator {
  return handlerDecorator({ kind: "timer", name: callback });
}

/** Has a method handle a reminder of an actor, or all that no other method is for. `"cancel"` as its result ends the reminder. */
export function OnReminder(name?: string): HandlerDecorator {
  return handlerDecorator({ kind: "reminder", name });
}

/** Injects the `ActorContext` into an actor: its id, state, timers and reminders. */
export function InjectActorContext(): InjectDecorator {
  return Inject(actorContextToken);
}
