import type { ComponentLogger } from "@mecha/spec";
import { messageOf } from "../errors/dapr-error.js";
import { policyDurationMs, type PolicyNames, type ResiliencyResource } from "../resources/resiliency-resource.js";
import { resourceError } from "../resources/resource-error.js";
import type { BreakerSpec, PolicyParts, RetryMatching, RetrySpec } from "./policy-spec.js";
import { parseStatuses, statusBounds } from "./status-match.js";
import { compileTrip, tripsByDefault } from "./trip-rule.js";

/** daprd's defaults. */
const constantDelayMs = 5_000;
const longestDelayMs = 60_000;
const openTimeMs = 60_000;

/** The retry policies that daprd has by itself, which targets may name and resources may replace. */
const everything: RetryMatching = { http: undefined, grpc: undefined };
const thrice = { maxRetries: 3, maxIntervalMs: longestDelayMs, matching: everything } as const;
const builtIn: Readonly<Record<string, RetrySpec>> = {
  DaprBuiltInServiceRetries: { ...thrice, policy: "constant", durationMs: 1_000 },
  DaprBuiltInActorRetries: { ...thrice, policy: "constant", durationMs: 1_000 },
  DaprBuiltInActorReminderRetries: { ...thrice, policy: "exponential", durationMs: constantDelayMs, maxRetries: -1 },
  DaprBuiltInInitializationRetries: { ...thrice, policy: "exponential", durationMs: 2_000, maxIntervalMs: 1_000 },
  DaprBuiltInActorNotFoundRetries: { ...thrice, policy: "constant", durationMs: 1_000, maxRetries: 5 },
};

/** The one of them that cannot be replaced. */
const protectedName = "DaprBuiltInActorNotFoundRetries";

/** A replaced one tries at least so often. */
const leastRetries = 3;

/** All policies by name: those of later resources replace those of earlier ones. */
export class PolicyTable {
  readonly #timeouts = new Map<string, number>();
  readonly #retries = new Map(Object.entries(builtIn));
  readonly #breakers = new Map<string, BreakerSpec>();
  readonly #logger: ComponentLogger;

  constructor(logger: ComponentLogger) {
    this.#logger = logger;
  }

  /**
   * Takes in the policies of a resource.
   *
   * @throws MechaError `CONFIGURATION_INVALID` for a `trip` that is no CEL
   */
  async add(resource: ResiliencyResource): Promise<void> {
    for (const [name, written] of resource.timeouts) this.#timeouts.set(name, policyDurationMs(written) ?? 0);
    for (const [name, written] of resource.retries) this.#addRetry(name, retrySpec(written));
    for (const [name, { maxRequests = 0, interval = "0", timeout = "0", trip = "" }] of resource.circuitBreakers) {
      const timeoutMs = policyDurationMs(timeout) ?? 0;
      this.#breakers.set(name, {
        name,
        maxRequests: Math.max(maxRequests, 1),
        intervalMs: policyDurationMs(interval) ?? 0,
        timeoutMs: timeoutMs > 0 ? timeoutMs : openTimeMs,
        trips: trip === "" ? tripsByDefault : await compileTripOf(resource, name, trip),
      });
    }
  }

  /**
   * The policies that a target names.
   *
   * @param path - where in the resource the target is
   * @throws MechaError `CONFIGURATION_INVALID` for a name that no resource has. daprd leaves such a target without the policy, in silence.
   */
  find(names: PolicyNames | null | undefined, resource: ResiliencyResource, path: readonly string[]): PolicyParts {
    const named = <T>(key: keyof PolicyNames, section: string, known: ReadonlyMap<string, T>): T | undefined => {
      const name = names?.[key] ?? "";
      const found = known.get(name);
      if (name === "" || found !== undefined) return found;
      const list = [...known.keys()].map((other) => `"${other}"`).join(", ");
      throw resourceError(
        resource.document,
        [...path, key],
        `the policy "${name}" is not among "spec.policies.${section}". There are: ${list === "" ? "none" : list}.`,
      );
    };
    return {
      timeoutMs: named("timeout", "timeouts", this.#timeouts),
      retry: named("retry", "retries", this.#retries),
      breaker: named("circuitBreaker", "circuitBreakers", this.#breakers),
    };
  }

  /**
   * The policies for targets that no resource names: `DefaultAppRetryPolicy`, `DefaultComponentOutboundTimeoutPolicy` and so on.
   *
   * @param levels - what stands between `Default` and the kind of policy, the first that is there wins; then nothing
   */
  defaults(levels: readonly string[]): PolicyParts {
    const first = <T>(kind: string, known: ReadonlyMap<string, T>): T | undefined =>
      [...levels, ""].map((level) => known.get(`Default${level}${kind}Policy`)).find((found) => found !== undefined);
    return {
      timeoutMs: first("Timeout", this.#timeouts),
      retry: first("Retry", this.#retries),
      breaker: first("CircuitBreaker", this.#breakers),
    };
  }

  #addRetry(name: string, spec: RetrySpec): void {
    if (name === protectedName) {
      this.#logger.warn(`the retry policy ${name} cannot be replaced; what a resource says of it is left out`);
      return;
    }
    const isShort = Object.hasOwn(builtIn, name) && spec.maxRetries < leastRetries;
    if (isShort) this.#logger.warn(`the retry policy ${name} retries at least ${String(leastRetries)} times`);
    this.#retries.set(name, isShort ? { ...spec, maxRetries: leastRetries } : spec);
  }
}

type RetryYaml = ResiliencyResource["retries"] extends ReadonlyMap<string, infer R> ? R : never;

function retrySpec({ policy = "constant", duration, maxInterval, maxRetries, matching }: RetryYaml): RetrySpec {
  const milliseconds = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : (policyDurationMs(text) ?? otherwise);
  return {
    policy: policy.toLowerCase() === "exponential" ? "exponential" : "constant",
    durationMs: milliseconds(duration, constantDelayMs),
    maxIntervalMs: milliseconds(maxInterval, longestDelayMs),
    maxRetries: maxRetries ?? -1,
    matching: {
      http: rangesOf(matching?.httpStatusCodes, statusBounds.http),
      grpc: rangesOf(matching?.gRPCStatusCodes, statusBounds.grpc),
    },
  };
}

/** The schema has refused what cannot be parsed. */
function rangesOf(text: string | undefined, bounds: (typeof statusBounds)["http" | "grpc"]): RetryMatching["http"] {
  const parsed = parseStatuses(text ?? "", bounds);
  return parsed !== undefined && "problem" in parsed ? undefined : parsed;
}

async function compileTripOf(
  { document }: ResiliencyResource,
  name: string,
  trip: string,
): Promise<BreakerSpec["trips"]> {
  try {
    return await compileTrip(trip);
  } catch (cause) {
    throw resourceError(
      document,
      ["spec", "policies", "circuitBreakers", name, "trip"],
      `"${trip}" is no CEL expression: ${messageOf(cause)}`,
      cause,
    );
  }
}
