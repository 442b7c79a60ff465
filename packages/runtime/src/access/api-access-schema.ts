import * as z from "zod/mini";
import type { ApiAccessSettings, ApiRule } from "./api-access-settings.js";

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

/** Reads the section; `undefined` where it says nothing. */
export function apiAccessOf(section: z.infer<typeof apiAccessSchema>): ApiAccessSettings | undefined {
  const [allowed, denied] = [toRules(section?.allowed), toRules(section?.denied)];
  return allowed.length === 0 && denied.length === 0 ? undefined : { allowed, denied };
}

function toRules(list: z.infer<typeof rules>): readonly ApiRule[] {
  return (list ?? []).map(({ name, version, protocol = "" }) => ({ name, version, protocol }));
}
