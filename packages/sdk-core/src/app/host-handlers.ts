import { MechaError } from "@mecha/spec";
import type { ActorClass, ActorFactory, ActorOptions } from "../actors/actor-definition.js";
import type { ConfigurationCallOptions } from "../configuration/configuration.js";
import type { ConfigurationValues } from "../configuration/configuration-value.js";
import type { BindingHandler, BindingOptions } from "./binding-handler.js";
import type { InvocationHandler, InvocationOptions } from "./invocation-handler.js";
import type { JobHandler } from "./job-handler.js";
import { planTopics, type TopicPlan, type TopicRegistration } from "./topic-plan.js";

/** Hears of configuration values that changed; a throw is reported, and the change does not come again. */
export type ConfigurationHandler = (values: ConfigurationValues, store: string) => Promise<void> | void;

/** Says by returning that the app is well, and by throwing that it is not. */
export type HealthCheck = () => Promise<void> | void;

/** The handler of a method, for some verbs. */
export interface MethodRegistration {
  readonly method: string;
  readonly handler: InvocationHandler;
  readonly options: InvocationOptions;
}

/** The handler of an input binding. */
export interface BindingRegistration {
  readonly name: string;
  readonly handler: BindingHandler;
  readonly options: BindingOptions;
}

/** The handler of configuration changes. */
export interface ConfigurationRegistration {
  readonly store: string;
  readonly keys: readonly string[];
  readonly handler: ConfigurationHandler;
  readonly options: Omit<ConfigurationCallOptions, "signal">;
}

/** A type of actors that a host has. */
export interface ActorRegistration {
  readonly definition: ActorClass | ActorFactory;
  readonly options: ActorOptions;
}

/**
 * All that a host was given. Each `add` throws `ALREADY_EXISTS` where another handler has the place, because one of the two
 * would never be called.
 */
export class HostHandlers {
  readonly methods = new Map<string, readonly MethodRegistration[]>();
  readonly bindings = new Map<string, BindingRegistration>();
  readonly jobs = new Map<string, JobHandler>();
  readonly configurations: ConfigurationRegistration[] = [];
  readonly actors: ActorRegistration[] = [];
  readonly #topics: TopicRegistration[] = [];
  #plans: readonly TopicPlan[] = [];
  #health: HealthCheck | undefined;

  /** The topics, each with all its handlers. */
  get topics(): readonly TopicPlan[] {
    return this.#plans;
  }

  get health(): HealthCheck | undefined {
    return this.#health;
  }

  addMethod(registration: MethodRegistration): void {
    const { method, options } = registration;
    const others = this.methods.get(method) ?? [];
    if (others.some((other) => overlap(other.options.verbs, options.verbs))) throw taken("onInvoke", method);
    if (overlap(options.verbs, ["POST"])) this.#requireFreeRoute("onInvoke", method);
    this.methods.set(method, [...others, registration]);
  }

  addTopic(registration: TopicRegistration): void {
    const { route } = registration.options;
    if (route !== undefined) this.#requireFreeRoute("onTopic", route);
    // Planned at once, so that a contradiction is found where it is written.
    this.#plans = planTopics([...this.#topics, registration]);
    this.#topics.push(registration);
  }

  addBinding(registration: BindingRegistration): void {
    const { name, options } = registration;
    if (this.bindings.has(name)) throw taken("onBinding", name);
    this.#requireFreeRoute("onBinding", options.route ?? name);
    this.bindings.set(name, registration);
  }

  addJob(name: string, handler: JobHandler): void {
    if (this.jobs.has(name)) throw taken("onJob", name);
    this.jobs.set(name, handler);
  }

  addHealth(check: HealthCheck): void {
    if (this.#health !== undefined) throw taken("onHealth", "the app");
    this.#health = check;
  }

  addActor(registration: ActorRegistration): void {
    const { type } = registration.options;
    if (this.actors.some(({ options }) => options.type === type)) throw taken("actor", type);
    this.actors.push(registration);
  }

  /** Over HTTP, methods, bindings and topics share the paths of one server. */
  #requireFreeRoute(handler: string, route: string): void {
    const path = pathOf(route);
    const methods = this.methods.get(path) ?? [];
    const isTaken =
      (handler !== "onInvoke" && methods.some(({ options }) => overlap(options.verbs, ["POST"]))) ||
      [...this.bindings.values()].some(({ name, options }) => pathOf(options.route ?? name) === path) ||
      (handler !== "onTopic" && this.#topics.some(({ options }) => pathOf(options.route ?? "") === path));
    if (isTaken) throw taken(handler, route);
  }
}

/** A route without the slash that it may begin with. */
export function pathOf(route: string): string {
  return route.startsWith("/") ? route.slice(1) : route;
}

function overlap(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one === undefined || other === undefined || one.some((verb) => other.includes(verb));
}

function taken(handler: string, name: string): MechaError {
  return new MechaError(
    "ALREADY_EXISTS",
    `${handler}("${name}") would never be called: another handler of this host takes what comes for "${name}"`,
    { operation: `app.${handler}` },
  );
}
