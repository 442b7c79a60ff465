import type { Component, ComponentByKind, ComponentKind, Subscription } from "@mecha/spec";
import { daprError, messageOf, type DaprFailure } from "./errors/dapr-error.js";
import { CallsUnderWay } from "./hot-reload/calls-under-way.js";
import { Holdings, type HoldingOptions } from "./hot-reload/holdings.js";
import { createLogger } from "./logger.js";

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
  // daprd does not tell the two apart.
  pubsub: { noun: "pubsub", noneConfigured: "pubsubNotFound", notFound: "pubsubNotFound" },
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
  readonly #byKind = new Map<ComponentKind, Map<string, RunningComponent>>();
  readonly #holdings = new Holdings(createLogger("runtime"));
  /** Replaced and removed components that still have something to end. */
  readonly #retired = new Set<RunningComponent>();
  #components: readonly RunningComponent[];

  constructor(components: readonly RunningComponent[]) {
    this.#components = components;
    for (const running of components) this.#put(running);
  }

  /** Calls to components that no door has let in, while they are under way. */
  readonly calls = new CallsUnderWay();

  /** All components, in the order of the resource files. */
  get all(): readonly RunningComponent[] {
    return this.#components;
  }

  /** Finds a component, if there is one. */
  find<K extends ComponentKind>(kind: K, name: string): RunningComponent<K> | undefined {
    // The map of a kind holds only components of that kind.
    return this.#byKind.get(kind)?.get(name) as RunningComponent<K> | undefined;
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

  /**
   * Opens something on a component that lasts for longer than a call: it moves when the component is replaced. Where there is no such
   * component yet, it waits for one.
   *
   * @returns how to end it
   * @throws what opening throws
   */
  hold<K extends ComponentKind>(options: HoldingOptions<K>): Promise<Subscription> {
    return this.#holdings.open(options, this.find(options.kind, options.name));
  }

  /**
   * Gives a component the place of the one of its kind and name, or a new place: calls from now on go to it, and what is held on the old one
   * moves. The old one is closed when that has ended, and the calls that `callsEnded` knows.
   *
   * @throws MechaError if something that is held cannot be opened on the new one; the old one stays then
   */
  async replace(next: RunningComponent, callsEnded: () => Promise<void>): Promise<void> {
    const leaveOld = await this.#holdings.moveTo(next);
    const old = this.find(next.kind, next.name);
    this.#components =
      old === undefined ? [...this.#components, next] : this.#components.map((one) => (one === old ? next : one));
    this.#put(next);
    if (old === undefined) await leaveOld();
    else this.#retire(old, leaveOld, callsEnded);
  }

  /** Takes a component away: calls from now on do not find it. It is closed as a replaced one. */
  remove(running: RunningComponent, callsEnded: () => Promise<void>): void {
    const ofKind = this.#byKind.get(running.kind);
    ofKind?.delete(running.name);
    if (ofKind?.size === 0) this.#byKind.delete(running.kind);
    this.#components = this.#components.filter((one) => one !== running);
    this.#retire(running, () => this.#holdings.leave(running), callsEnded);
  }

  /** Closes all components, whatever becomes of the others. */
  async close(): Promise<void> {
    await closeComponents([...this.#components, ...this.#retired].map(({ component }) => component));
  }

  #put(running: RunningComponent): void {
    const ofKind = this.#byKind.get(running.kind) ?? new Map<string, RunningComponent>();
    this.#byKind.set(running.kind, ofKind.set(running.name, running));
  }

  #retire(old: RunningComponent, leave: () => Promise<void>, callsEnded: () => Promise<void>): void {
    this.#retired.add(old);
    const end = async (): Promise<void> => {
      await Promise.race([Promise.all([leave(), callsEnded(), this.calls.settled()]), pause(longestUseMs)]);
      if (!this.#retired.delete(old)) return;
      await old.component.close?.();
    };
    void end().catch((error: unknown) => {
      createLogger(old.name).warn(`the replaced component did not close: ${messageOf(error)}`);
    });
  }
}

/** How long a replaced component is kept for what still uses it, in milliseconds. */
const longestUseMs = 60_000;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
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
