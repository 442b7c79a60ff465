import * as z from "zod/mini";

const text = z.string({ error: "text is required" });

const rules = z.nullish(
  z.array(
    z.object(
      { name: text, version: text, protocol: z.optional(text) },
      { error: "a rule with name, version and protocol is required" },
    ),
    { error: "a list of rules is required" },
  ),
);

/** The section `api` of a Configuration. */
export const apiAccessSchema = z.nullish(z.object({ allowed: rules, denied: rules }));

/** A part of Dapr's API: for example `state`, `v1`, `grpc`. */
export interface ApiRule {
  readonly name: string;
  readonly version: string;
  readonly protocol: string;
}

/** Which parts of Dapr's API the doors serve, as `spec.api` of a Configuration says. */
export interface ApiAccessSettings {
  /** Empty: all but those that are denied. */
  readonly allowed: readonly ApiRule[];
  readonly denied: readonly ApiRule[];
}

/** Reads the section; `undefined` where it says nothing. */
export function apiAccessOf(section: z.infer<typeof apiAccessSchema>): ApiAccessSettings | undefined {
  const [allowed, denied] = [toRules(section?.allowed), toRules(section?.denied)];
  return allowed.length === 0 && denied.length === 0 ? undefined : { allowed, denied };
}

function toRules(list: z.infer<typeof rules>): readonly ApiRule[] {
  return (list ?? []).map(({ name, version, protocol = "" }) => ({ name, version, protocol }));
}
