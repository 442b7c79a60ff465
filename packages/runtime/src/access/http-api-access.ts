import type { ApiAccessSettings, ApiRule } from "./api-access-settings.js";

/** Says whether the HTTP door serves a path. @param path - the route below the version, for example `state/…` */
export type HttpApiAccess = (version: string, path: string) => boolean;

/**
 * Makes the check of paths, as daprd's: a rule means a group of the API (`state`, `v1`), or all paths that begin with it (`v1.0`,
 * `state`). Probes of health are always answered.
 */
export function createHttpApiAccess({ allowed, denied }: ApiAccessSettings): HttpApiAccess {
  const [admitted, refused] = [prefixes(allowed), prefixes(denied)];
  return (version, path) => {
    const [group = ""] = path.split("/", 1);
    if (group === "healthz") return true;
    const name = `${groupVersion(version)}/${group}`;
    const isMeant = (rules: readonly string[]): boolean =>
      rules.some((rule) => rule === name || `${version}/${path}`.startsWith(rule));
    return !isMeant(refused) && (admitted.length === 0 || isMeant(admitted));
  };
}

function prefixes(rules: readonly ApiRule[]): readonly string[] {
  return rules.flatMap(({ name, version, protocol }) =>
    protocol.toLowerCase() === "http" ? [`${version}/${name}`] : [],
  );
}

/** `v1.0-alpha1` is the group version `v1alpha1`. */
function groupVersion(version: string): string {
  return version.replace(/^v1\.0-?/u, "v1");
}
