import * as z from "zod/mini";

/** A change of a label's values (`spec.metrics.rules`). */
export interface LabelRule {
  /** Name of the metric, with or without `dapr_`. */
  readonly metric: string;
  readonly label: string;
  /** What of a value is replaced, and by what. */
  readonly replacements: readonly { readonly pattern: RegExp; readonly by: string }[];
}

/** What a Configuration says of metrics (`spec.metrics`). */
export interface MetricsSettings {
  readonly isEnabled: boolean;
  /** HTTP requests are counted by their paths (`http.increasedCardinality`). @defaultValue true, as daprd 1.18 */
  readonly hasPaths?: boolean;
  /** Patterns under which paths are counted (`http.pathMatching`), such as `/orders/{id}`. @defaultValue none */
  readonly pathPatterns?: readonly string[];
  /** HTTP requests are counted without their verbs (`http.excludeVerbs`). @defaultValue false */
  readonly hidesVerbs?: boolean;
  /** Upper bounds of the buckets of latencies, in milliseconds. @defaultValue daprd's */
  readonly latencyBuckets?: readonly number[];
  readonly rules?: readonly LabelRule[];
}

const flag = z.nullish(z.boolean({ error: "true or false is required" }));

const pattern = z
  .string()
  .check(z.refine((value: string) => compiled(value) !== undefined, { error: "a regular expression is required" }));

const rule = z.object({
  name: z.string({ error: "the name of a metric is required" }),
  labels: z.nullish(
    z.array(
      z.object({
        name: z.string({ error: "the name of a label is required" }),
        regex: z.nullish(z.record(z.string(), pattern)),
      }),
    ),
  ),
});

/** The shape of `spec.metrics`. */
export const metricsSchema = z.nullish(
  z.object(
    {
      enabled: flag,
      recordErrorCodes: flag,
      http: z.nullish(
        z.object({
          increasedCardinality: flag,
          excludeVerbs: flag,
          pathMatching: z.nullish(z.array(z.string(), { error: "a list of paths is required" })),
        }),
      ),
      latencyDistributionBuckets: z.nullish(z.array(z.int({ error: "milliseconds are whole numbers" }))),
      rules: z.nullish(z.array(rule, { error: "a list of rules is required" })),
    },
    { error: "an object is required" },
  ),
);

/** Reads `spec.metrics`, or `spec.metric`; nothing for a Configuration without it. */
export function metricsSettingsOf(spec: z.infer<typeof metricsSchema>): MetricsSettings | undefined {
  if (spec === undefined || spec === null) return undefined;
  const buckets = spec.latencyDistributionBuckets ?? [];
  return {
    isEnabled: spec.enabled ?? true,
    hasPaths: spec.http?.increasedCardinality ?? true,
    pathPatterns: spec.http?.pathMatching ?? [],
    hidesVerbs: spec.http?.excludeVerbs ?? false,
    ...(buckets.length > 0 && { latencyBuckets: buckets }),
    rules: (spec.rules ?? []).flatMap(({ name, labels }) =>
      (labels ?? []).map((label) => ({
        metric: name,
        label: label.name,
        replacements: toReplacements(label.regex ?? {}),
      })),
    ),
  };
}

/** daprd writes what takes the place first, and what is replaced after it. */
function toReplacements(regex: Readonly<Record<string, string>>): LabelRule["replacements"] {
  return Object.entries(regex).flatMap(([by, text]) => {
    const found = compiled(text);
    return found === undefined ? [] : [{ pattern: found, by }];
  });
}

function compiled(text: string): RegExp | undefined {
  try {
    return new RegExp(text, "gu");
  } catch {
    return undefined;
  }
}
