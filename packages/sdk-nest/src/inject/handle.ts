import type { Mecha } from "@mecha/sdk-core";
import type { FactoryProvider } from "@nestjs/common";
import { defaultRuntimeName, mechaToken } from "../module/runtime-name.js";

/** What can be injected by name, and how it is made. */
const makers = {
  state: (mecha: Mecha, name: string) => mecha.state(name),
  pubsub: (mecha: Mecha, name: string) => mecha.pubsub(name),
  app: (mecha: Mecha, name: string) => mecha.app(name),
  binding: (mecha: Mecha, name: string) => mecha.binding(name),
  configuration: (mecha: Mecha, name: string) => mecha.configuration(name),
  secrets: (mecha: Mecha, name: string) => mecha.secrets(name),
  lock: (mecha: Mecha, name: string) => mecha.lock(name),
  crypto: (mecha: Mecha, name: string) => mecha.crypto(name),
  subtleCrypto: (mecha: Mecha, name: string) => mecha.subtleCrypto(name),
  conversation: (mecha: Mecha, name: string) => mecha.conversation(name),
  actorType: (mecha: Mecha, name: string) => mecha.actorType(name),
  jobs: (mecha: Mecha) => mecha.jobs(),
  workflows: (mecha: Mecha) => mecha.workflows(),
} as const;

/** The building blocks of which handles can be injected. */
export type HandleKind = keyof typeof makers;

/** A facade that is injected somewhere. */
export interface Handle {
  readonly kind: HandleKind;
  /** Name of the component, app or type; empty where there is one of the kind. */
  readonly name: string;
  readonly runtime: string;
}

/** Copies of this package, ESM and CommonJS, decorate for each other. */
const key = Symbol.for("mecha.nest.handles/1");

/** Every handle that a class of this process asked for, by its token. */
function wanted(): Map<string, Handle> {
  const holder = globalThis as { [key]?: Map<string, Handle> | undefined };
  holder[key] ??= new Map();
  return holder[key];
}

/**
 * The token of what `@InjectState("orders")` and its kin inject, for factory providers and for tests that put something else
 * there: `handleToken("state", "orders")`.
 *
 * @param name - of the component, app or actor type; empty for jobs and workflows
 */
export function handleToken(kind: HandleKind, name: string, runtime: string = defaultRuntimeName): string {
  const token = `mecha:${runtime}:${kind}:${name}`;
  // The module makes a provider for each that is wanted.
  wanted().set(token, { kind, name, runtime });
  return token;
}

/** What a token stands for, if it is one of a handle. */
export function handleOf(token: unknown): Handle | undefined {
  return typeof token === "string" ? wanted().get(token) : undefined;
}

/** The providers of all handles of a runtime that are wanted by now: modules are made after the classes that they hold. */
export function handleProviders(runtime: string): readonly FactoryProvider[] {
  return [...wanted()]
    .filter(([, handle]) => handle.runtime === runtime)
    .map(([provide, { kind, name }]) => ({
      provide,
      inject: [mechaToken(runtime)],
      useFactory: (mecha: Mecha) => makers[kind](mecha, name),
    }));
}
