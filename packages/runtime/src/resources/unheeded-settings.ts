import type { ResourceDocument } from "@mecha/sdk-core/resources";
import { nearNames } from "./near-names.js";

/** What a Configuration may say to daprd that is not heeded here, each with why. */
const unheeded: Readonly<Record<string, string>> = {
  httpPipeline: "middleware of the HTTP API is daprd's, so none of it is in front of this one",
  appHttpPipeline: "middleware before the app is daprd's, so none of it is there",
  mtls: "there is no control plane that gives certificates",
  components: "no type of component is denied here",
  wasm: "there is no WebAssembly middleware",
  workflow: "workflows are daprd's",
};

const heeded = "tracing metric metrics secrets accessControl nameResolution features api logging".split(" ");

/** Says which settings of a Configuration nobody heeds, as `file:line` and why: whoever relies on one must know. */
export function unheededSettings(document: ResourceDocument): readonly string[] {
  // A resource is a mapping: readResourceDocuments has checked that.
  const { spec } = document.value as { readonly spec?: unknown };
  if (typeof spec !== "object" || spec === null) return [];
  const names = Object.keys(spec).filter((name) => !heeded.includes(name));
  return names.map((name) => {
    const [near] = nearNames(name, heeded);
    const otherwise = near === undefined ? "nobody reads it" : `nobody reads it. Did you mean: ${near}?`;
    const why = Object.hasOwn(unheeded, name) ? (unheeded[name] ?? otherwise) : otherwise;
    return `${document.locate(["spec", name])}: Configuration "${document.name}": "spec.${name}" is not heeded: ${why}`;
  });
}
