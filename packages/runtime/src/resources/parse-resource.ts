import type { ResourceDocument } from "@mecha/sdk-core/resources";
import type { core, ZodMiniType } from "zod/mini";
import { resourceError } from "./resource-error.js";

/**
 * Checks a document against the schema of its kind.
 *
 * @throws MechaError `CONFIGURATION_INVALID` at the first thing that is wrong, with file, line, resource and key.
 */
export function parseResource<T>(document: ResourceDocument, schema: ZodMiniType<T>): T {
  const result = schema.safeParse(document.value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).filter((key): key is string | number => typeof key !== "symbol");
  throw resourceError(document, path, describe(issue, path), result.error);
}

function describe(issue: core.$ZodIssue | undefined, path: readonly (string | number)[]): string {
  if (issue === undefined) return "it is not what its kind asks for";
  const key = path.length === 0 ? "the document" : `"${path.join(".")}"`;
  return `${key} is wrong: ${issue.message}`;
}
