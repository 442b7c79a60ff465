import { MechaError, type LoadedComponent } from "@mecha/sdk-core";
import type { AdapterSettings, CacheTarget, ConfigTarget, MqTarget } from "./adapter-settings.js";
import { matchesRule, type Rule, type Subject } from "./rule.js";

/** Capability of a state component that opens sessions in Redis's protocol. */
export const respSessionCapability = "MECHA_SESSION_RESP";

/** Where an adapter's calls go: a component that the runtime has loaded. */
export interface ComponentRoute {
  /** Name of the component. */
  readonly component: string;
  /** For example `state.redis`. */
  readonly type: string;
  /** What the component talks to; empty if the runtime does not say. */
  readonly backend: string;
  readonly capabilities: readonly string[];
}

/** Where a cache connection goes. */
export interface CacheRoute extends ComponentRoute {
  /** Whether clients speak to the backend in its own protocol; else the portable engine answers. */
  readonly native: boolean;
  /** Whether the component is an output binding that is to run commands, as there are no sessions with it. */
  readonly runsCommands: boolean;
  /** The pub/sub component behind PUBLISH and SUBSCRIBE, if one is named. */
  readonly pubsub: string | undefined;
}

/** Where configuration is read and written. */
export interface ConfigRoute extends ComponentRoute {
  /** The output binding that writes; `undefined` if none is named and there is not exactly one. */
  readonly write: ComponentRoute | undefined;
}

/** What the runtime has and what the rules say. */
export interface RoutingTable {
  readonly settings: AdapterSettings;
  readonly components: readonly LoadedComponent[];
}

/** Finds the component behind a cache connection (`host`, `port`, `db`). */
export function resolveCacheRoute({ settings, components }: RoutingTable, subject: Subject): CacheRoute {
  const rule = settings.cache.find((candidate) => matchesRule(candidate, subject));
  const target: CacheTarget | undefined = rule?.target;
  const kind: Needed = {
    prefix: target?.native !== undefined && isBinding(components, target.native) ? "bindings." : "state.",
    noun: "cache connection",
    example: `cache: [{ match: { host: "${String(subject["host"] ?? "*")}" }, state: NAME }]`,
  };
  const found = pick(components, kind, { rule, name: target?.native ?? target?.state, subject });
  const canSession = found.capabilities.includes(respSessionCapability);
  const runsCommands = !canSession && kind.prefix === "bindings.";
  if (target?.native !== undefined && !canSession && !runsCommands) {
    throw invalid(
      `The rule at ${rule?.origin ?? ""} wants native sessions of "${found.name}" (${found.type}), which has none. Write "state: ${found.name}" for the portable engine.`,
    );
  }
  if (target?.pubsub !== undefined) assertLoaded(components, target.pubsub, rule?.origin ?? "");
  return {
    ...toRoute(found),
    native: target === undefined ? canSession : target.native !== undefined && !runsCommands,
    runsCommands,
    pubsub: target?.pubsub,
  };
}

/** Whether the name is that of a binding and of no state store, which goes first. */
function isBinding(components: readonly LoadedComponent[], name: string): boolean {
  const types = components.filter((component) => component.name === name).map(({ type }) => type);
  return types.some((type) => type.startsWith("bindings.")) && !types.some((type) => type.startsWith("state."));
}

/**
 * Refuses a runtime that has no pub/sub component at all, so that a producer or consumer fails when it starts and not with
 * its first message.
 */
export function requirePubSub({ components }: RoutingTable): void {
  const candidates = components.filter(({ type }) => type.startsWith("pubsub."));
  if (candidates.length === 0)
    throw invalid(
      `For messages there is no component. ${listing(candidates, { prefix: "pubsub.", noun: "topic", example: "" })}`,
    );
}

/** Finds the component behind a topic (`topic`, `group`, `model`: `clustering` or `broadcasting`). */
export function resolveMqRoute({ settings, components }: RoutingTable, subject: Subject): ComponentRoute {
  const rule: Rule<MqTarget> | undefined = settings.mq.find((candidate) => matchesRule(candidate, subject));
  const kind: Needed = {
    prefix: "pubsub.",
    noun: "topic",
    example: `mq: [{ match: { topic: "${String(subject["topic"] ?? "*")}" }, pubsub: NAME }]`,
  };
  return toRoute(pick(components, kind, { rule, name: rule?.target.pubsub, subject }));
}

/** Finds the components behind a configuration item (`dataId`, `group`, `namespace`). */
export function resolveConfigRoute({ settings, components }: RoutingTable, subject: Subject): ConfigRoute {
  const rule: Rule<ConfigTarget> | undefined = settings.config.find((candidate) => matchesRule(candidate, subject));
  const kind: Needed = {
    prefix: "configuration.",
    noun: "configuration item",
    example: `config: [{ match: { group: "${String(subject["group"] ?? "*")}" }, configuration: NAME, write: BINDING }]`,
  };
  const found = pick(components, kind, { rule, name: rule?.target.configuration, subject });
  return { ...toRoute(found), write: writeRoute(components, rule) };
}

/**
 * Finds the app that provides an interface (`interface`, `version`, `group`).
 *
 * @param targetAppName - the app that the legacy code itself names; counts where no rule does
 */
export function resolveRpcRoute({ settings }: RoutingTable, subject: Subject, targetAppName?: string): string {
  const rule = settings.rpc.find((candidate) => matchesRule(candidate, subject));
  const app = rule?.target.app ?? targetAppName;
  if (app !== undefined) return app;
  throw invalid(
    `No rule says which app provides ${describe(subject)}. Add to a resource of kind Adapters: rpc: [{ match: { interface: "${String(subject["interface"] ?? "*")}" }, app: APP_ID }]`,
  );
}

interface Needed {
  readonly prefix: string;
  readonly noun: string;
  readonly example: string;
}

interface Wanted {
  readonly rule: Rule<unknown> | undefined;
  readonly name: string | undefined;
  readonly subject: Subject;
}

function pick(
  components: readonly LoadedComponent[],
  needed: Needed,
  { rule, name, subject }: Wanted,
): LoadedComponent {
  const candidates = components.filter(({ type }) => type.startsWith(needed.prefix));
  if (name !== undefined) {
    const named = candidates.find((component) => component.name === name);
    if (named !== undefined) return named;
    throw invalid(
      `The rule at ${rule?.origin ?? ""} names the component "${name}", which is not loaded as ${needed.prefix}*. ${listing(candidates, needed)}`,
    );
  }
  const [only, ...others] = candidates;
  if (only !== undefined && others.length === 0) return only;
  const problem =
    only === undefined ? "there is no component for it" : "more than one component could serve it and no rule chooses";
  throw invalid(`For the ${needed.noun} ${describe(subject)} ${problem}. ${listing(candidates, needed)}`);
}

function assertLoaded(components: readonly LoadedComponent[], name: string, origin: string): void {
  if (components.some((component) => component.name === name && component.type.startsWith("pubsub."))) return;
  throw invalid(`The rule at ${origin} names the pub/sub component "${name}", which is not loaded.`);
}

function listing(candidates: readonly LoadedComponent[], { prefix, example }: Needed): string {
  if (candidates.length === 0)
    return `Loaded as ${prefix}*: none. Add a component of type ${prefix}* to the resources folder.`;
  const names = candidates.map(({ name, type }) => `${name} (${type})`).join(", ");
  return `Loaded as ${prefix}*: ${names}. Write a rule in a resource of kind Adapters: ${example}`;
}

function writeRoute(
  components: readonly LoadedComponent[],
  rule: Rule<ConfigTarget> | undefined,
): ComponentRoute | undefined {
  const bindings = components.filter(({ type }) => type.startsWith("bindings."));
  const name = rule?.target.write;
  if (name === undefined) {
    const [only, ...others] = bindings;
    return only !== undefined && others.length === 0 ? toRoute(only) : undefined;
  }
  const named = bindings.find((component) => component.name === name);
  if (named === undefined)
    throw invalid(`The rule at ${rule?.origin ?? ""} names the output binding "${name}", which is not loaded.`);
  return toRoute(named);
}

function toRoute({ name, type, backend, capabilities }: LoadedComponent): ComponentRoute {
  return { component: name, type, backend: backend ?? "", capabilities };
}

function describe(subject: Subject): string {
  const known = Object.entries(subject).filter(([, value]) => value !== undefined);
  return known.map(([name, value]) => `${name} "${String(value)}"`).join(", ");
}

function invalid(message: string): MechaError {
  return new MechaError("CONFIGURATION_INVALID", message, { operation: "adapters.route" });
}
