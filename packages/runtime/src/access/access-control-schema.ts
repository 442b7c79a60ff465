import * as z from "zod/mini";
import type { AccessControlSettings } from "./access-control-settings.js";

const action = z
  .string({ error: 'the action is "allow" or "deny"' })
  .check(z.regex(/^(?:allow|deny)?$/iu, 'the action is "allow" or "deny"'));

const filled = (what: string) =>
  z.string({ error: `${what} is required` }).check(z.minLength(1, `${what} is required`));

const operation = z.object(
  {
    name: z.string({ error: 'the name of an operation such as "/orders/*" is required' }),
    httpVerb: z.nullish(z.array(z.string({ error: "a verb is text" }), { error: "a list of verbs is required" })),
    action: z.optional(action),
  },
  { error: "an operation with name and action is required" },
);

const policy = z.object(
  {
    appId: filled("the app id of the callers"),
    defaultAction: z.optional(action),
    trustDomain: filled("the trust domain of the callers"),
    namespace: filled("the namespace of the callers"),
    operations: z.nullish(z.array(operation, { error: "a list of operations is required" })),
  },
  { error: "a policy with appId, trustDomain and namespace is required" },
);

/** The section `accessControl` of a Configuration. */
export const accessControlSchema = z.nullish(
  z.object({
    defaultAction: z.nullish(action),
    trustDomain: z.nullish(z.string({ error: "the trust domain is text" })),
    policies: z.nullish(z.array(policy, { error: "a list of policies is required" })),
  }),
);

/** What callers belong to unless something else is said. */
const defaultTrustDomain = "public";

/** Reads the section; `undefined` where it says nothing, which lets everybody call. */
export function accessControlOf(section: z.infer<typeof accessControlSchema>): AccessControlSettings | undefined {
  const { defaultAction, trustDomain, policies } = section ?? {};
  if (!isFilled(defaultAction) && !isFilled(trustDomain) && (policies ?? []).length === 0) return undefined;
  return {
    // A list of exceptions without a rule means that the rule is no.
    allowsByDefault: defaultAction?.toLowerCase() === "allow",
    trustDomain: isFilled(trustDomain) ? trustDomain : defaultTrustDomain,
    policies: (policies ?? []).map((each) => ({
      appId: each.appId,
      namespace: each.namespace,
      trustDomain: each.trustDomain,
      defaultAction: each.defaultAction ?? "",
      operations: (each.operations ?? []).map(({ name, httpVerb, action: allowed }) => ({
        name: name.startsWith("/") ? name : `/${name}`,
        verbs: httpVerb ?? [],
        action: allowed ?? "",
      })),
    })),
  };
}

function isFilled(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== "";
}
