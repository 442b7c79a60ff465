import type { ResourceDocument } from "@mecha/sdk-core/resources";
import * as z from "zod/mini";
import { parseStatuses, statusBounds } from "../resiliency/status-match.js";
import type { StatusRange } from "../resiliency/policy-spec.js";
import { durationMs } from "./duration.js";
import { parseResource } from "./parse-resource.js";

/** The policies that a target names, as written; absent or empty for none. */
export interface PolicyNames {
  readonly timeout?: string | undefined;
  readonly retry?: string | undefined;
  readonly circuitBreaker?: string | undefined;
}

/** A policy of retries as written; durations are text. */
interface RetryPolicyText {
  readonly policy?: string | undefined;
  readonly duration?: string | undefined;
  readonly maxInterval?: string | undefined;
  /** `-1` for no end. */
  readonly maxRetries?: number | null | undefined;
  readonly matching?:
    | { readonly httpStatusCodes?: string | undefined; readonly gRPCStatusCodes?: string | undefined }
    | null
    | undefined;
}

/** A policy of circuit breakers as written; durations are text. */
interface CircuitBreakerText {
  readonly maxRequests?: number | undefined;
  readonly interval?: string | undefined;
  readonly timeout?: string | undefined;
  /** A condition in CEL. */
  readonly trip?: string | undefined;
}

/** What protects calls of an app. */
interface AppTarget extends PolicyNames {
  readonly circuitBreakerCacheSize?: number | undefined;
}

/** What protects calls of actors of a type. */
interface ActorTarget extends AppTarget {
  /** `type`, `id` or `both`. */
  readonly circuitBreakerScope?: string | undefined;
}

/** What protects calls of a component, and what it brings. */
interface ComponentTarget {
  readonly inbound?: PolicyNames | null | undefined;
  readonly outbound?: PolicyNames | null | undefined;
}

/** A resource of kind Resiliency, checked by itself: what its targets name may be in another one. */
export interface ResiliencyResource {
  readonly document: ResourceDocument;
  readonly name: string;
  readonly timeouts: ReadonlyMap<string, string>;
  readonly retries: ReadonlyMap<string, RetryPolicyText>;
  readonly circuitBreakers: ReadonlyMap<string, CircuitBreakerText>;
  readonly apps: ReadonlyMap<string, AppTarget>;
  readonly actors: ReadonlyMap<string, ActorTarget>;
  readonly components: ReadonlyMap<string, ComponentTarget>;
}

/** Milliseconds of a duration in Resiliency resources: in Go's syntax, or a bare number of milliseconds. */
export function policyDurationMs(text: string): number | undefined {
  return /^\d+$/u.test(text) ? Number(text) : durationMs(text);
}

const durationMessage = 'a duration such as "5s" is required';
const duration = z
  .string({ error: durationMessage })
  .check(z.refine((text: string) => policyDurationMs(text) !== undefined, { error: durationMessage }));

const count = z
  .int({ error: "a whole number is required" })
  .check(z.minimum(0, "a number that is not negative is required"));

const statuses = (bounds: StatusRange) =>
  z.optional(
    z.string({ error: 'statuses as text are required, such as "429,500-599"' }).check(
      z.check<string>(({ value, issues }) => {
        const parsed = parseStatuses(value, bounds);
        if (parsed !== undefined && "problem" in parsed)
          issues.push({ code: "custom", message: parsed.problem, input: value });
      }),
    ),
  );

const retry = z.object({
  policy: z.optional(
    z
      .string({ error: 'the policy is "constant" or "exponential"' })
      .check(z.regex(/^(?:constant|exponential)$/iu, 'the policy is "constant" or "exponential"')),
  ),
  duration: z.optional(duration),
  maxInterval: z.optional(duration),
  maxRetries: z.nullish(z.int({ error: "a whole number is required; -1 means without end" })),
  matching: z.nullish(
    z.object({ httpStatusCodes: statuses(statusBounds.http), gRPCStatusCodes: statuses(statusBounds.grpc) }),
  ),
});

const circuitBreaker = z.object({
  maxRequests: z.optional(count),
  interval: z.optional(duration),
  timeout: z.optional(duration),
  trip: z.optional(z.string({ error: 'an expression such as "consecutiveFailures > 5" is required' })),
});

const policyName = z.optional(z.string({ error: "the name of a policy is required" }));
const names = { timeout: policyName, retry: policyName, circuitBreaker: policyName };
const directed = z.nullish(z.object(names, { error: "the names of policies are required" }));

const targetMessage = { error: "the names of policies are required" };
const app = z.object({ ...names, circuitBreakerCacheSize: z.optional(count) }, targetMessage);
const component = z.object({ inbound: directed, outbound: directed }, { error: "inbound and outbound are required" });
const actor = z
  .object(
    {
      ...names,
      circuitBreakerCacheSize: z.optional(count),
      circuitBreakerScope: z.optional(z.string({ error: 'the scope is "type", "id" or "both"' })),
    },
    targetMessage,
  )
  .check(
    z.refine(
      ({ circuitBreaker: breaker = "", circuitBreakerScope: scope = "" }) =>
        breaker === "" || ["type", "id", "both"].includes(scope),
      { error: 'the scope of an actor\'s circuit breaker is "type", "id" or "both"', path: ["circuitBreakerScope"] },
    ),
  );

const dictionary = <T extends z.ZodMiniType>(of: T) => z.nullish(z.record(z.string(), of));

const schema = z.object({
  metadata: z.object(
    { name: z.string({ error: "a name is required" }).check(z.minLength(1, "a name is required")) },
    { error: "metadata with a name is required" },
  ),
  spec: z.object(
    {
      policies: z.nullish(
        z.object({
          timeouts: dictionary(duration),
          retries: dictionary(retry),
          circuitBreakers: dictionary(circuitBreaker),
        }),
      ),
      targets: z.nullish(
        z.object({ apps: dictionary(app), actors: dictionary(actor), components: dictionary(component) }),
      ),
    },
    { error: "spec with policies and targets is required" },
  ),
});

/**
 * Reads a document of kind Resiliency.
 *
 * @throws MechaError `CONFIGURATION_INVALID` at the first thing that is wrong, with file and line
 */
export function parseResiliency(document: ResourceDocument): ResiliencyResource {
  const { metadata, spec } = parseResource(document, schema);
  const { policies, targets } = spec;
  return {
    document,
    name: metadata.name,
    timeouts: mapOf(policies?.timeouts),
    retries: mapOf(policies?.retries),
    circuitBreakers: mapOf(policies?.circuitBreakers),
    apps: mapOf(targets?.apps),
    actors: mapOf(targets?.actors),
    components: mapOf(targets?.components),
  };
}

function mapOf<T>(record: Readonly<Record<string, T>> | null | undefined): ReadonlyMap<string, T> {
  return new Map(Object.entries(record ?? {}));
}
