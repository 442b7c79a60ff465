import type { Manifest } from "../workspace.js";

/** The dependency fields whose `workspace:` ranges become versions. */
const dependencyFields = ["dependencies", "optionalDependencies", "peerDependencies"] as const;

/** `workspace:*` is the version itself, `workspace:^` and `workspace:~` a range from it, anything else stands as written. */
function resolveRange(name: string, range: string, versions: ReadonlyMap<string, string>): string {
  if (!range.startsWith("workspace:")) return range;
  const version = versions.get(name);
  if (version === undefined)
    throw new Error(`${name} is asked for as ${range}, but no published package has that name`);
  const prefix = range.slice("workspace:".length);
  return prefix === "*" ? version : prefix === "^" || prefix === "~" ? prefix + version : prefix;
}

/**
 * The package.json that users get: the public name, versions in place of `workspace:`, `publishConfig` applied, and
 * nothing that only this repository reads.
 *
 * @param manifest - the package.json of a workspace member
 * @param versions - name to version of every published member
 */
export function publishableManifest(
  manifest: Manifest,
  versions: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const { mecha, publishConfig = {}, devDependencies: _development, ...published } = manifest;
  const { access, ...applied } = publishConfig;
  const result: Record<string, unknown> = { ...published, name: mecha?.publishAs ?? manifest.name, ...applied };
  for (const field of dependencyFields) {
    const entries = Object.entries(manifest[field] ?? {});
    if (entries.length === 0) continue;
    result[field] = Object.fromEntries(entries.map(([name, range]) => [name, resolveRange(name, range, versions)]));
  }
  return access === undefined ? result : { ...result, publishConfig: { access } };
}
