import type { ComponentKind, ComponentLogger } from "@mecha/spec";
import type { ResiliencyResource } from "../resources/resiliency-resource.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { LruCache } from "./lru-cache.js";
import { Policy, type PolicyOptions } from "./policy.js";
import { PolicyReports, TargetReports, type PolicyListener, type PolicyReport } from "./policy-reports.js";
import type { BreakerSpec, PolicyParts } from "./policy-spec.js";
import { PolicyTable } from "./policy-table.js";

/** As daprd: how many endpoints of an app, and how many actors of a type, have a circuit breaker at the same time. */
const endpointCacheSize = 100;
const actorCacheSize = 5_000;

/** How many apps and types that no resource names have breakers at the same time: their names come from callers. */
const unnamedCacheSize = 1_000;

/** How daprd names kinds of components in the names of default policies, and in metrics. */
const kindNames: Readonly<Record<ComponentKind, string>> = {
  state: "Statestore",
  pubsub: "Pubsub",
  configuration: "Configuration",
  bindings: "Binding",
  secretstores: "Secretstore",
  lock: "Lock",
  crypto: "Crypto",
  conversation: "Conversation",
};

/** The kinds of components that bring calls of the app. */
export type InboundKind = "pubsub" | "bindings" | "configuration";

/** Who asks for a component: the app (outbound), or the component for the app (inbound). */
type Direction = "Inbound" | "Outbound";

interface AppTarget {
  readonly parts: PolicyParts;
  readonly policies: LruCache<string, Policy>;
}

interface ActorTarget {
  readonly call: PolicyParts;
  readonly turn: Policy | undefined;
  readonly isBreakerOfType: boolean;
  readonly policies: LruCache<string, Policy>;
}

/** The policies of all Resiliency resources, by what they are for. State of circuit breakers lives here. */
export class Resiliency {
  /** Names of the resources. */
  readonly names: readonly string[];
  readonly #logger: ComponentLogger;
  readonly #table: PolicyTable;
  readonly #reports = new PolicyReports();
  readonly #components = new Map<string, Readonly<Record<Direction, PolicyParts>>>();
  readonly #componentBreakers = new Map<string, CircuitBreaker>();
  readonly #apps = new Map<string, AppTarget>();
  readonly #unnamedApps = new LruCache<string, AppTarget>(unnamedCacheSize);
  readonly #actors = new Map<string, ActorTarget>();
  readonly #unnamedActors = new LruCache<string, ActorTarget>(unnamedCacheSize);

  private constructor(resources: readonly ResiliencyResource[], table: PolicyTable, logger: ComponentLogger) {
    this.names = resources.map(({ name }) => name);
    this.#table = table;
    this.#logger = logger;
    for (const resource of resources) this.#addTargets(resource);
  }

  /**
   * Compiles resources: all of their policies, then their targets, which may name policies of any of them.
   *
   * @throws MechaError `CONFIGURATION_INVALID` for a target that names a policy which is not there, and a `trip` that is no CEL
   */
  static async compile(resources: readonly ResiliencyResource[], logger: ComponentLogger): Promise<Resiliency> {
    const table = new PolicyTable(logger);
    for (const resource of resources) await table.add(resource);
    return new Resiliency(resources, table, logger);
  }

  /** Lets somebody hear what all policies do from now on. */
  listen(listener: PolicyListener): void {
    this.#reports.listener = listener;
  }

  /** What calls of a component are run under; `undefined` for nothing. */
  outbound(name: string, kind: ComponentKind): Policy | undefined {
    return this.#ofComponent(name, kind, "Outbound");
  }

  /** What calls of the app are run under that a component brings; `undefined` for nothing. */
  inbound(name: string, kind: InboundKind): Policy | undefined {
    return this.#ofComponent(name, kind, "Inbound");
  }

  /**
   * What invocations of an app are run under; `undefined` for nothing.
   *
   * @param endpoint - what has a circuit breaker of its own, in daprd's form: app id, colon, method
   */
  endpoint(appId: string, endpoint: string): Policy | undefined {
    const target =
      this.#apps.get(appId) ??
      this.#unnamedApps.get(appId, () => appTarget(this.#table.defaults(["App"]), endpointCacheSize));
    const { parts, policies } = target;
    if (isNothing(parts)) return undefined;
    // Without a breaker, nothing is kept for an endpoint: all of an app have one policy.
    const called = parts.breaker === undefined ? appId : endpoint;
    return policies.get(called, () =>
      this.#policy(
        `the call of ${called}`,
        { ...parts, breaker: this.#breaker(endpoint, parts.breaker) },
        { target: `app_${appId}`, direction: "outbound" },
      ),
    );
  }

  /** What calls of an actor are run under, before their turn; `undefined` for nothing. */
  actorCall(actorType: string, actorId: string): Policy | undefined {
    const { call, policies, isBreakerOfType } = this.#ofActor(actorType);
    if (isNothing(call)) return undefined;
    const key = isBreakerOfType ? actorType : `${actorType}-${actorId}`;
    const used = call.breaker === undefined ? actorType : key;
    return policies.get(used, () =>
      this.#policy(
        `the call of actor ${used}`,
        { ...call, breaker: this.#breaker(key, call.breaker) },
        { target: `actor_${actorType}`, direction: "outbound" },
      ),
    );
  }

  /** What a turn of an actor is run under; `undefined` for nothing. */
  actorTurn(actorType: string): Policy | undefined {
    return this.#ofActor(actorType).turn;
  }

  #addTargets(resource: ResiliencyResource): void {
    const table = this.#table;
    for (const [name, { inbound, outbound }] of resource.components) {
      const path = ["spec", "targets", "components", name];
      this.#components.set(name, {
        Inbound: table.find(inbound, resource, [...path, "inbound"]),
        Outbound: table.find(outbound, resource, [...path, "outbound"]),
      });
    }
    for (const [name, target] of resource.apps) {
      const parts = table.find(target, resource, ["spec", "targets", "apps", name]);
      this.#apps.set(name, appTarget(parts, target.circuitBreakerCacheSize ?? 0));
    }
    for (const [type, target] of resource.actors) {
      const parts = table.find(target, resource, ["spec", "targets", "actors", type]);
      const scope = target.circuitBreakerScope ?? "";
      this.#actors.set(type, this.#actorTarget(type, parts, { scope, cacheSize: target.circuitBreakerCacheSize ?? 0 }));
    }
  }

  #ofComponent(name: string, kind: ComponentKind, direction: Direction): Policy | undefined {
    const levels = [`${kindNames[kind]}Component${direction}`, `Component${direction}`, "Component"];
    const parts = this.#components.get(name)?.[direction] ?? this.#table.defaults(levels);
    if (isNothing(parts)) return undefined;
    return this.#policy(
      `${direction.toLowerCase()} of component "${name}"`,
      { ...parts, breaker: this.#componentBreaker(name, parts.breaker) },
      { target: `${kindNames[kind]}_${name}`, direction: direction === "Inbound" ? "inbound" : "outbound" },
    );
  }

  /** As in daprd, both directions of a component share a breaker. */
  #componentBreaker(name: string, spec: BreakerSpec | undefined): CircuitBreaker | undefined {
    if (spec === undefined) return undefined;
    const key = JSON.stringify([name, spec.name]);
    const breaker = this.#componentBreakers.get(key) ?? new CircuitBreaker(`${spec.name}-${name}`, spec, this.#logger);
    this.#componentBreakers.set(key, breaker);
    return breaker;
  }

  #ofActor(type: string): ActorTarget {
    return (
      this.#actors.get(type) ??
      this.#unnamedActors.get(type, () =>
        this.#actorTarget(type, this.#table.defaults(["Actor"]), { scope: "type", cacheSize: endpointCacheSize }),
      )
    );
  }

  /** Retries and breaker are for the call, which may have to find its host first; the timeout is for the turn. */
  #actorTarget(
    type: string,
    { timeoutMs, retry, breaker }: PolicyParts,
    { scope, cacheSize }: { readonly scope: string; readonly cacheSize: number },
  ): ActorTarget {
    const turn = { timeoutMs };
    const target = { target: `actor_${type}`, direction: "outbound" } as const;
    return {
      call: { retry, breaker },
      turn: isNothing(turn) ? undefined : this.#policy(`the turn of actor ${type}`, turn, target),
      isBreakerOfType: scope === "type",
      policies: new LruCache(cacheSize > 0 ? cacheSize : actorCacheSize),
    };
  }

  #breaker(name: string, spec: BreakerSpec | undefined): CircuitBreaker | undefined {
    return spec && new CircuitBreaker(name, spec, this.#logger);
  }

  #policy(
    name: string,
    parts: Pick<PolicyOptions, "timeoutMs" | "retry" | "breaker">,
    target: Pick<PolicyReport, "target" | "direction">,
  ): Policy {
    return new Policy(name, { ...parts, logger: this.#logger, reports: new TargetReports(this.#reports, target) });
  }
}

function appTarget(parts: PolicyParts, cacheSize: number): AppTarget {
  return { parts, policies: new LruCache(cacheSize > 0 ? cacheSize : endpointCacheSize) };
}

function isNothing({ timeoutMs = 0, retry, breaker }: PolicyParts): boolean {
  return timeoutMs === 0 && retry === undefined && breaker === undefined;
}
