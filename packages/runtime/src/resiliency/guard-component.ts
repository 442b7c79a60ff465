import {
  MechaError,
  type Component,
  type ComponentByKind,
  type ComponentKind,
  type StateStore,
  type PubSub,
} from "@mecha/spec";
import type { RunningComponent } from "../registry.js";
import { rememberBare } from "./bare-component.js";
import type { Policy, RunOptions } from "./policy.js";
import { runEach, type ItemVerdict } from "./run-each.js";

interface Cancellable {
  readonly signal?: AbortSignal;
}

type Guards = {
  readonly [K in ComponentKind]: (component: ComponentByKind[K], policy: Policy) => Partial<ComponentByKind[K]>;
};

/** The members of each kind that reach the backend, run under a policy. What is not here passes as it is. */
const guards: Guards = {
  state: (store, policy) => {
    const query = store.query?.bind(store);
    return {
      // A write that is tried again reads them again.
      takesValuesAtOnce: false,
      get: (keys, options) => run(policy, options, (passed) => store.get(keys, passed)),
      write: (operations, options) => writeByPolicy(store, policy, operations, options),
      ...(query !== undefined && {
        query: (...[asked, options]: Parameters<typeof query>) =>
          run(policy, options, (passed) => query(asked, passed)),
      }),
    };
  },
  pubsub: (broker, policy) => ({
    publish: (topic, messages, options) => publishByPolicy(broker, policy, { topic, messages, options }),
  }),
  configuration: (store, policy) => ({
    get: (keys, options) => run(policy, options, (passed) => store.get(keys, passed)),
    // The signal of a subscription is for as long as it lasts, and not of an attempt.
    subscribe: (keys, onChange, options) =>
      policy.run(() => store.subscribe(keys, onChange, options), runOptions(options?.signal)),
  }),
  bindings: (binding, policy) =>
    "invoke" in binding
      ? { invoke: (request, options) => run(policy, options, (passed) => binding.invoke(request, passed)) }
      : {},
  secretstores: (store, policy) => {
    const getAll = store.getAll?.bind(store);
    return {
      get: (name, options) => run(policy, options, (passed) => store.get(name, passed)),
      ...(getAll !== undefined && {
        getAll: (options?: Cancellable) => run(policy, options, (passed) => getAll(passed)),
      }),
    };
  },
  lock: (store, policy) => ({
    tryLock: (request, options) => run(policy, options, (passed) => store.tryLock(request, passed)),
    unlock: (request, options) => run(policy, options, (passed) => store.unlock(request, passed)),
  }),
  crypto: (provider, policy) => ({
    getKey: (keyName, options) => run(policy, options, (passed) => provider.getKey(keyName, passed)),
    encrypt: (plaintext, use, options) => run(policy, options, (passed) => provider.encrypt(plaintext, use, passed)),
    decrypt: (ciphertext, use, options) => run(policy, options, (passed) => provider.decrypt(ciphertext, use, passed)),
    wrapKey: (key, use, options) => run(policy, options, (passed) => provider.wrapKey(key, use, passed)),
    unwrapKey: (key, use, options) => run(policy, options, (passed) => provider.unwrapKey(key, use, passed)),
    sign: (digest, use, options) => run(policy, options, (passed) => provider.sign(digest, use, passed)),
    verify: (digest, use, options) => run(policy, options, (passed) => provider.verify(digest, use, passed)),
  }),
  conversation: (provider, policy) => ({
    converse: (request, options) => run(policy, options, (passed) => provider.converse(request, passed)),
  }),
};

/** The same component with its calls of the backend under a policy; `bareComponent` knows the one without. */
export function guardComponent(running: RunningComponent, policy: Policy): RunningComponent {
  // The table pairs each kind with its contract.
  const guard = guards[running.kind] as (component: Component, policy: Policy) => Readonly<Record<string, unknown>>;
  const component = overlay(running.component, guard(running.component, policy));
  rememberBare(component, running.component);
  return { ...running, component };
}

/** An object that has the members of another, some of them replaced. Members that only one implementation has are kept too. */
function overlay<C extends object>(component: C, replaced: Readonly<Record<string, unknown>>): C {
  const bound = new Map<PropertyKey, unknown>();
  // The members are not known here, so that what a contract gains later is not lost. An own target, since members of a frozen one could not be replaced.
  return new Proxy({} as C, {
    has: (_, key) => key in component,
    get(_, key) {
      if (typeof key === "string" && Object.hasOwn(replaced, key)) return replaced[key];
      const value: unknown = Reflect.get(component, key);
      if (typeof value !== "function") return value;
      if (!bound.has(key)) bound.set(key, value.bind(component));
      return bound.get(key);
    },
  });
}

function run<O extends Cancellable, T>(
  policy: Policy,
  options: O | undefined,
  call: (options: O | undefined) => Promise<T>,
): Promise<T> {
  return policy.run((signal) => call(withSignal(options, signal)), runOptions(options?.signal));
}

function runOptions(signal: AbortSignal | undefined): RunOptions {
  return { signal, isFinal: isAboutETag };
}

/** The options of a call with the signal of an attempt. */
function withSignal<O extends Cancellable>(options: O | undefined, signal: AbortSignal | undefined): O | undefined {
  // Only the one member changes.
  return signal === undefined || signal === options?.signal ? options : ({ ...options, signal } as O);
}

/** What is all or nothing is tried again as a whole; of the rest only what failed. */
function writeByPolicy(
  store: StateStore,
  policy: Policy,
  ...[operations, options]: Parameters<StateStore["write"]>
): ReturnType<StateStore["write"]> {
  const write = (some: typeof operations, signal: AbortSignal | undefined): ReturnType<StateStore["write"]> =>
    store.write(some, withSignal(options, signal) ?? options);
  const settings = runOptions(options.signal);
  if (options.atomic) return policy.run((signal) => write(operations, signal), settings);
  return runEach(policy, { items: operations, attempt: write, verdictOf, failed: toResult }, settings);
}

interface Publishing {
  readonly topic: string;
  readonly messages: Parameters<PubSub["publish"]>[1];
  readonly options: Parameters<PubSub["publish"]>[2];
}

function publishByPolicy(
  broker: PubSub,
  policy: Policy,
  { topic, messages, options }: Publishing,
): ReturnType<PubSub["publish"]> {
  const caller = options?.signal;
  return runEach(
    policy,
    {
      items: messages,
      attempt: (some, signal) => broker.publish(topic, some, signal === undefined ? undefined : { signal }),
      verdictOf,
      failed: toResult,
    },
    { signal: caller },
  );
}

function verdictOf(result: MechaError | undefined): ItemVerdict {
  if (result === undefined) return "done";
  return isAboutETag(result) ? "final" : "again";
}

function toResult(error: unknown): MechaError {
  return MechaError.from(error);
}

/** A value that has changed will not change back. */
function isAboutETag(error: unknown): boolean {
  return MechaError.is(error) && (error.code === "ETAG_MISMATCH" || error.code === "ETAG_INVALID");
}
