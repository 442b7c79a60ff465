import type { ResourceDocument } from "@mecha/sdk-core/resources";
import * as z from "zod/mini";
import { durationMs } from "./duration.js";
import { parseResource } from "./parse-resource.js";

const text = (message: string) => z.string({ error: message }).check(z.minLength(1, message));
const whole = (message: string) => z.int({ error: message });
const dictionary = <T extends z.ZodMiniType>(of: T) => z.nullish(z.record(z.string(), of));

const named = z.object({ name: text("a name is required") }, { error: "metadata with a name is required" });

const duration = z
  .string({ error: 'a duration such as "5s" is required' })
  .check(
    z.refine((value: string) => durationMs(value) !== undefined, { error: 'a duration such as "5s" is required' }),
  );

const retry = z.object({
  policy: z.optional(z.enum(["constant", "exponential"], { error: 'the policy is "constant" or "exponential"' })),
  duration: z.optional(duration),
  maxInterval: z.optional(duration),
  maxRetries: z.optional(whole("a whole number is required; -1 means without end")),
});

const circuitBreaker = z.object({
  maxRequests: z.optional(whole("a whole number is required")),
  interval: z.optional(duration),
  timeout: z.optional(duration),
  trip: z.optional(text('an expression such as "consecutiveFailures > 5" is required')),
});

const policies = z.object({
  timeouts: dictionary(duration),
  retries: dictionary(retry),
  circuitBreakers: dictionary(circuitBreaker),
});

const targets = z.object({
  apps: dictionary(z.unknown()),
  actors: dictionary(z.unknown()),
  components: dictionary(z.unknown()),
});

const schemas = {
  Configuration: z.object({ metadata: named, spec: dictionary(z.unknown()) }),
  Resiliency: z.object({
    metadata: named,
    spec: z.object(
      { policies: z.nullish(policies), targets: z.nullish(targets) },
      { error: "spec with policies and targets is required" },
    ),
  }),
} as const;

/** Kinds besides Component that are checked when they are read. Other kinds are left alone, as daprd does. */
export type CheckedKind = keyof typeof schemas;

/** Says whether a kind has a schema here. */
export function isCheckedKind(kind: string): kind is CheckedKind {
  return Object.hasOwn(schemas, kind);
}

/**
 * Checks a document of one of these kinds.
 *
 * @throws MechaError `CONFIGURATION_INVALID` at the first thing that is wrong.
 */
export function checkResource(document: ResourceDocument, kind: CheckedKind): void {
  parseResource<unknown>(document, schemas[kind]);
}
