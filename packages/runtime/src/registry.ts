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
  bindings: { noun: "output binding", noneConfigured: "bindingInvoke", notFound: "bindingInvoke" },
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
    const { noun, noneConfigured, notFound } = missing[kind];
    if (ofKind === undefined) {
      throw daprError(
        noneConfigured,
        `${noun} ${name} is not configured: no component of kind "${kind}" is loaded. Add one to the resources folder.`,
        { component: name },
      );
    }
    const names = [...ofKind.keys()].map((known) => `"${known}"`).join(", ");
    throw daprError(notFound, `${noun} ${name} is not found. Loaded are: ${names}.`, { component: name });
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
