import type { Component, ComponentByKind, ComponentKind } from "@mecha/spec";
import { daprError, type DaprFailure } from "./errors/dapr-error.js";

/** A component that runs, with what its YAML says. */
export interface RunningComponent<K extends ComponentKind = ComponentKind> {
  readonly name: string;
  readonly kind: K;
  /** For example `state.redis`. */
  readonly type: string;
  readonly version: string;
  /** Metadata as the component got it. May hold secrets. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly component: ComponentByKind[K];
}

interface Missing {
  readonly noun: string;
  readonly noneConfigured: DaprFailure;
  readonly notFound: DaprFailure;
  /** daprd's message for a name that is not there, where clients are known to read it; else one of our own that lists what is loaded. */
  readonly daprMessage?: (name: string) => string;
}

const missing: Readonly<Record<ComponentKind, Missing>> = {
  state: { noun: "state store", noneConfigured: "stateNotConfigured", notFound: "stateNotFound" },
  pubsub: { noun: "pubsub", noneConfigured: "pubsubNotConfigured", notFound: "pubsubNotFound" },
  configuration: {
    noun: "configuration store",
    noneConfigured: "configurationNotConfigured",
    notFound: "configurationNotFound",
  },
  secretstores: { noun: "secret store", noneConfigured: "secretsNotConfigured", notFound: "secretsNotFound" },
  bindings: {
    noun: "output binding",
    noneConfigured: "bindingInvoke",
    notFound: "bindingInvoke",
    daprMessage: (name) => `error invoking output binding ${name}: couldn't find output binding ${name}`,
  },
  lock: {
    noun: "lock store",
    noneConfigured: "lockNotConfigured",
    notFound: "lockNotFound",
    daprMessage: (name) => `lock store ${name} not found`,
  },
  crypto: {
    noun: "crypto provider",
    noneConfigured: "cryptoNotConfigured",
    notFound: "cryptoNotFound",
    daprMessage: (name) => `crypto provider ${name} not found`,
  },
  conversation: {
    noun: "conversation component",
    // daprd does not tell the two apart.
    noneConfigured: "conversationNotFound",
    notFound: "conversationNotFound",
    daprMessage: (name) => `failed finding conversation component ${name}`,
  },
};

/** The components that run, by building block and name. */
export class Registry {
  readonly #components: readonly RunningComponent[];
  readonly #byKind = new Map<ComponentKind, Map<string, RunningComponent>>();

  constructor(components: readonly RunningComponent[]) {
    this.#components = components;
    for (const running of components) {
      const ofKind = this.#byKind.get(running.kind) ?? new Map<string, RunningComponent>();
      this.#byKind.set(running.kind, ofKind.set(running.name, running));
    }
  }

  /** All components, in the order of the resource files. */
  get all(): readonly RunningComponent[] {
    return this.#components;
  }

  /**
   * Finds a component.
   *
   * @throws MechaError with daprd's code and reason if there is none of that name, or none of that kind at all; the message lists what there is.
   */
  get<K extends ComponentKind>(kind: K, name: string): RunningComponent<K> {
    const ofKind = this.#byKind.get(kind);
    const found = ofKind?.get(name);
    // The map of a kind holds only components of that kind.
    if (found !== undefined) return found as RunningComponent<K>;
    if (ofKind === undefined) throw noneConfigured(kind, name);
    const { noun, notFound, daprMessage } = missing[kind];
    const names = [...ofKind.keys()].map((known) => `"${known}"`).join(", ");
    const message = daprMessage?.(name) ?? `${noun} ${name} is not found. Loaded are: ${names}.`;
    throw daprError(notFound, message, { component: name });
  }

  /**
   * Refuses a request to a kind of which there is no component at all, for handlers that check more before they look for a name.
   *
   * @throws MechaError as {@link Registry.get} does
   */
  requireKind(kind: ComponentKind, name: string): void {
    if (!this.#byKind.has(kind)) throw noneConfigured(kind, name);
  }

  /** Closes all components, whatever becomes of the others. */
  async close(): Promise<void> {
    await closeComponents(this.#components.map(({ component }) => component));
  }
}

/** Closes components; rejects with the first failure after all are done. */
export async function closeComponents(components: readonly Component[]): Promise<void> {
  const results = await Promise.allSettled(components.map(async (component) => component.close?.()));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function noneConfigured(kind: ComponentKind, name: string): Error {
  const { noun, noneConfigured: failure } = missing[kind];
  return daprError(
    failure,
    `${noun} ${name} is not configured: no component of kind "${kind}" is loaded. Add one to the resources folder.`,
    { component: name },
  );
}
