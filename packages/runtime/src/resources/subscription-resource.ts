import type { ResourceDocument } from "@mecha/sdk-core/resources";
import type { appCallback } from "@mecha/sdk-core/protocol";
import * as z from "zod/mini";
import { messageOf } from "../errors/dapr-error.js";
import { parseResource } from "./parse-resource.js";
import { resourceError } from "./resource-error.js";

const text = (message: string) => z.string({ error: message });
const filled = (message: string) => text(message).check(z.minLength(1, message));
const count = z.optional(z.int({ error: "a whole number is required" }).check(z.minimum(0, "0 or more is required")));

const rule = z.object(
  { match: z.optional(text("a CEL expression is required")), path: text("a path is required") },
  { error: "a rule with match and path is required" },
);

const schema = z.object({
  metadata: z.object({ name: filled("a name is required") }, { error: "metadata with a name is required" }),
  spec: z.object(
    {
      pubsubname: filled("the name of a pub/sub component is required"),
      topic: filled("a topic is required"),
      route: z.optional(text("a path is required")),
      routes: z.nullish(
        z.object(
          {
            rules: z.nullish(z.array(rule, { error: "a list of rules is required" })),
            default: z.nullish(text("a path is required")),
          },
          { error: "routes with rules and default is required" },
        ),
      ),
      deadLetterTopic: z.optional(text("the name of a topic is required")),
      metadata: z.nullish(z.record(z.string(), text("text is required"))),
      bulkSubscribe: z.nullish(
        z.object({
          enabled: z.boolean({ error: "true or false is required" }),
          maxMessagesCount: count,
          maxAwaitDurationMs: count,
        }),
      ),
    },
    { error: "spec with pubsubname and topic is required" },
  ),
});

/**
 * Reads a document of kind Subscription: `v1alpha1` has one `route`, `v2alpha1` has `routes`.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for anything that is wrong, for one without any route, and for a rule that is no CEL
 */
export async function parseSubscription(document: ResourceDocument): Promise<appCallback.TopicSubscription> {
  const { spec } = parseResource(document, schema);
  const { pubsubname, topic, route = "", routes, deadLetterTopic = "", metadata, bulkSubscribe } = spec;
  const rules = (routes?.rules ?? []).map(({ match = "", path }) => ({ match, path }));
  const byDefault = routes?.default ?? route;
  if (rules.length === 0 && byDefault === "") {
    throw resourceError(
      document,
      ["spec"],
      `"spec" names no path of the app: write "route" (v1alpha1) or "routes.default" (v2alpha1)`,
    );
  }
  for (const [index, one] of rules.entries()) {
    const { compileRules } = await import("../pubsub/routing-rules.js");
    await compileRules({ rules: [one], default: "" }).catch((cause: unknown) => {
      throw resourceError(document, ["spec", "routes", "rules", index, "match"], messageOf(cause), cause);
    });
  }
  return {
    pubsubName: pubsubname,
    topic,
    deadLetterTopic,
    metadata: { ...metadata },
    routes: { rules, default: byDefault },
    ...(bulkSubscribe?.enabled === true && {
      bulkSubscribe: {
        enabled: true,
        maxMessagesCount: bulkSubscribe.maxMessagesCount ?? 0,
        maxAwaitDurationMs: bulkSubscribe.maxAwaitDurationMs ?? 0,
      },
    }),
  };
}
