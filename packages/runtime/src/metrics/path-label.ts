import type { MetricsSettings } from "./metrics-settings.js";

/** Makes the label of a path of the HTTP API. */
export type PathLabel = (path: string) => string;

/** Makes what daprd's labels of paths are made by: patterns first; else the path without keys and ids, or nothing at all. */
export function createPathLabel({ hasPaths = true, pathPatterns = [] }: MetricsSettings): PathLabel {
  const patterns = compilePatterns(pathPatterns);
  return (path) => {
    const normal = normalPath(path);
    const found = patterns.find(({ matches }) => matches.test(normal));
    if (found !== undefined) return found.pattern;
    return hasPaths ? shortened(normal) : "";
  };
}

interface CompiledPattern {
  readonly pattern: string;
  readonly matches: RegExp;
}

/** Patterns are those of Go's ServeMux; each holds for the method of an invocation too. Of several, the most specific one counts. */
function compilePatterns(paths: readonly string[]): readonly CompiledPattern[] {
  const patterns = paths.map(normalPath).flatMap((path) => {
    const isInvocation = path.startsWith("/v1.0/invoke/");
    return isInvocation ? [path] : [path, `/v1.0/invoke/{app_id}/method${path}`];
  });
  return [...new Set(patterns)]
    .sort((one, other) => specificity(other) - specificity(one))
    .map((pattern) => ({ pattern, matches: toExpression(pattern) }));
}

/** A literal part tells more than a wildcard, and more parts tell more than fewer. */
function specificity(pattern: string): number {
  const parts = pattern.split("/").filter((part) => part !== "");
  return parts.reduce((sum, part) => sum + (part.startsWith("{") ? 1 : 2), pattern.endsWith("/") ? 0 : 0.5);
}

function toExpression(pattern: string): RegExp {
  const source = pattern
    .split("/")
    .map((part) => {
      if (/^\{.*\.\.\.\}$/u.test(part)) return ".*";
      if (/^\{.*\}$/u.test(part)) return part === "{$}" ? "" : "[^/]+";
      return part.replaceAll(/[$()*+.?[\\\]^{|}]/gu, "\\$&");
    })
    .join("/");
  return new RegExp(`^${source}${pattern.endsWith("/") ? ".*" : ""}$`, "u");
}

/** As daprd without patterns: keys of stores, ids of actors and of workflows are left out. */
function shortened(path: string): string {
  const parts = path.slice(1).split("/");
  if (parts.length < 3) return path;
  if (parts[0] === "actors") return ["actors", parts[1], "{id}", ...parts.slice(3)].join("/");
  switch (parts[1]) {
    case "state":
    case "secrets":
      return `/${parts.slice(0, 3).join("/")}`;
    case "actors":
      return parts.length < 5 ? path : `/${[...parts.slice(0, 3), "{id}", parts[4]].join("/")}`;
    case "workflows":
      return parts.length < 4 ? path : workflowPath(parts);
    default:
      return path;
  }
}

function workflowPath([version = "", api = "", component = "", named = "", verb, event]: readonly string[]): string {
  if (verb?.startsWith("start") === true) return `/${[version, api, component, named, "start"].join("/")}`;
  const rest = verb === undefined ? [] : verb === "raiseEvent" && event ? [verb, "{eventName}"] : [verb];
  return `/${[version, api, component, "{instanceId}", ...rest].join("/")}`;
}

function normalPath(path: string): string {
  const single = path.replaceAll(/\/{2,}/gu, "/");
  return single.startsWith("/") ? single : `/${single}`;
}
