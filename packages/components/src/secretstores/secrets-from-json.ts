import type { Secret } from "@mecha/spec";

/** How a JSON object is read as secrets. */
export interface SecretsFromJsonOptions {
  /** Joins the keys on the way to a nested value. */
  readonly separator: string;
  /** Whether each top-level object is one secret of several values; else each leaf is a secret of its own. */
  readonly isMultiValued: boolean;
}

/** Says whether a JSON value is an object, which neither `null` nor an array is. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads secrets out of a JSON object as daprd's `secretstores.local.file` does. */
export function secretsFromJson(
  content: Readonly<Record<string, unknown>>,
  options: SecretsFromJsonOptions,
): ReadonlyMap<string, Secret> {
  const secrets = new Map<string, Secret>();
  if (!options.isMultiValued) {
    for (const [name, value] of leavesOf(content, "", options.separator)) secrets.set(name, { [name]: value });
    return secrets;
  }
  for (const [name, value] of Object.entries(content)) {
    if (typeof value === "string") secrets.set(name, { [name]: value });
    else if (isJsonObject(value)) secrets.set(name, Object.fromEntries(leavesOf(value, "", options.separator)));
  }
  return secrets;
}

/** Every value that is neither object nor array, under the joined keys that lead to it; the index is the key inside an array. */
function* leavesOf(value: unknown, path: string, separator: string): Generator<[path: string, text: string]> {
  if (typeof value !== "object" || value === null) {
    yield [path, String(value)];
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    yield* leavesOf(child, path === "" ? key : path + separator + key, separator);
  }
}
