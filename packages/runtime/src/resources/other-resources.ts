import type { ResourceDocument } from "@mecha/sdk-core/resources";
import { z } from "zod";
import { durationMs } from "./duration.js";
import { parseResource } from "./parse-resource.js";

const named = z.object(
  { name: z.string({ error: "a name is required" }).min(1, "a name is required") },
  { error: "metadata with a name is required" },
);
const duration = z
  .string({ error: 'a duration such as "5s" is required' })
  .refine((text) => durationMs(text) !== undefined, { error: 'a duration such as "5s" is required' });

const retry = z.object({
  policy: z.enum(["constant", "exponential"], { error: 'the policy is "constant" or "exponential"' }).optional(),
  duration: duration.optional(),
  maxInterval: duration.optional(),
  maxRetries: z.number({ error: "a number is required; -1 means without end" }).int().optional(),
});

const circuitBreaker = z.object({
  maxRequests: z.number({ error: "a number is required" }).int().optional(),
  interval: duration.optional(),
  timeout: duration.optional(),
  trip: z.string({ error: 'an expression such as "consecutiveFailures > 5" is required' }).optional(),
});

const schemas = {
  Configuration: z.object({ metadata: named, spec: z.record(z.string(), z.unknown()).nullish() }),
  Resiliency: z.object({
    metadata: named,
    spec: z.object(
      {
        policies: z
          .object({
            timeouts: z.record(z.string(), duration).nullish(),
            retries: z.record(z.string(), retry).nullish(),
            circuitBreakers: z.record(z.string(), circuitBreaker).nullish(),
          })
          .nullish(),
        targets: z
          .object({
            apps: z.record(z.string(), z.unknown()).nullish(),
            actors: z.record(z.string(), z.unknown()).nullish(),
            components: z.record(z.string(), z.unknown()).nullish(),
          })
          .nullish(),
      },
      { error: "spec with policies and targets is required" },
    ),
  }),
  Subscription: z.object({
    metadata: named,
    spec: z.object(
      {
        pubsubname: z.string({ error: "the name of a pub/sub component is required" }).min(1),
        topic: z.string({ error: "a topic is required" }).min(1),
        deadLetterTopic: z.string().optional(),
        metadata: z.record(z.string(), z.string()).nullish(),
      },
      { error: "spec with pubsubname and topic is required" },
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
