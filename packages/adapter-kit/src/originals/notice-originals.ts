import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { findOriginals, type DropIn, type FoundOriginal } from "./find-originals.js";

/** What was said in this process, by every copy of this package. */
const saidKey = Symbol.for("mecha.noticed-originals/1");

const dropIns = new Map<string, DropIn>();

/** Lets `noticeOriginals` look for the original of a drop-in. Called by the drop-in when it is loaded. */
export function registerDropIn(dropIn: DropIn): void {
  dropIns.set(dropIn.name, dropIn);
}

/**
 * Warns of each original that is loaded beside its drop-in, once a process and name, with the line that gives everybody
 * the drop-in: the original would talk to the old middleware, in silence. What {@link findOriginals} cannot see stays
 * unsaid. The warning has the code `MECHA_ORIGINAL_LOADED`.
 */
export function noticeOriginals(): void {
  const modules = createRequire(join(process.cwd(), "noop.js")).cache;
  const said = saidInThisProcess();
  for (const dropIn of dropIns.values()) {
    const [found] = said.has(dropIn.name) ? [] : findOriginals(dropIn, modules);
    if (found === undefined) continue;
    said.add(dropIn.name);
    process.emitWarning(describe(dropIn, found), { type: "MechaWarning", code: "MECHA_ORIGINAL_LOADED" });
  }
}

function saidInThisProcess(): Set<string> {
  const holder = globalThis as Record<symbol, unknown>;
  holder[saidKey] ??= new Set<string>();
  return holder[saidKey] as Set<string>; // only this module writes under the symbol
}

function describe({ name, replacement }: DropIn, { folder, importer }: FoundOriginal): string {
  const user = importer === undefined ? "a dependency" : `"${importer}"`;
  return `The original "${name}" in ${folder} is loaded beside its drop-in: ${user} uses it, and it talks to the old middleware. ${remedy(name, replacement, folder)}, then install again.`;
}

function remedy(name: string, replacement: string, folder: string): string {
  if (folder.includes(join(sep, ".pnpm", sep)))
    return `Add to pnpm-workspace.yaml: overrides: { ${name}: "${replacement}" }`;
  const top = folder.slice(0, folder.indexOf(join(sep, "node_modules", sep)) + join(sep, "node_modules").length);
  const isYarn =
    process.versions["pnp"] !== undefined ||
    [".yarn-integrity", ".yarn-state.yml"].some((file) => existsSync(join(top, file)));
  if (isYarn) return `Add to package.json: "resolutions": { "${name}": "${replacement}" }`;
  return `Add to package.json: "overrides": { "${name}": "$${name}" }`;
}
