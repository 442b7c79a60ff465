import type { ResourceDocument } from "@mecha/sdk-core/resources";
import * as z from "zod/mini";
import { parseResource } from "./parse-resource.js";

const text = (message: string) => z.string({ error: message }).check(z.minLength(1, message));
const dictionary = <T extends z.ZodMiniType>(of: T) => z.nullish(z.record(z.string(), of));

const named = z.object({ name: text("a name is required") }, { error: "metadata with a name is required" });

const schemas = {
  Configuration: z.object({ metadata: named, spec: dictionary(z.unknown()) }),
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
