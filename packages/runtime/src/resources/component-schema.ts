import type { ResourceDocument } from "@mecha/sdk-core/resources";
import * as z from "zod/mini";
import { namePattern, typePattern, type ComponentShape } from "./component-shape.js";
import { parseResource } from "./parse-resource.js";

const name = z
  .string({ error: "a name is required" })
  .check(z.regex(namePattern, "a name has letters, digits, - . and _, with a letter or digit at both ends"));

const setting = z.object({
  name: z
    .string({ error: 'each entry of "metadata" needs a name' })
    .check(z.minLength(1, 'each entry of "metadata" needs a name')),
  value: z.optional(z.unknown()),
  secretKeyRef: z.optional(
    z.object({
      name: z.string({ error: "the secret's name is required" }).check(z.minLength(1, "the secret's name is required")),
      key: z.optional(z.string({ error: "the key of a secret is text" })),
    }),
  ),
  envRef: z.optional(z.string().check(z.minLength(1, "the name of an environment variable is required"))),
});

/** What a document of kind Component has to be. */
export const componentSchema: z.ZodMiniType<ComponentShape> = z.object({
  metadata: z.object({ name }, { error: "metadata with a name is required" }),
  spec: z.object(
    {
      type: z
        .string({ error: 'a type such as "state.redis" is required' })
        .check(z.regex(typePattern, 'a type is a building block and a name, such as "state.redis"')),
      version: z.optional(z.string({ error: 'a version such as "v1" is required' })),
      ignoreErrors: z.optional(z.boolean({ error: "true or false is required" })),
      initTimeout: z.optional(z.string({ error: 'a duration such as "5s" is required' })),
      metadata: z.nullish(z.array(setting, { error: "a list of entries with name and value is required" })),
    },
    { error: "spec with a type is required" },
  ),
  auth: z.nullish(
    z.object(
      { secretStore: z.optional(z.string({ error: "the name of a secret store component is required" })) },
      { error: "auth with a secretStore is required" },
    ),
  ),
});

/**
 * Checks a document of kind Component.
 *
 * @throws MechaError `CONFIGURATION_INVALID` at the first thing that is wrong
 */
export function checkComponent(document: ResourceDocument): ComponentShape {
  return parseResource(document, componentSchema);
}
