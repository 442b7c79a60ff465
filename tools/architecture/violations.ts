import { join } from "node:path";
import { listPackages, type Manifest, runtimeDependencies, type WorkspacePackage } from "../workspace.js";
import { legacyNames, upstreamAliases } from "./legacy-names.js";
import { packageOf, readImports, type SourceImport } from "./read-imports.js";
import { type Rule, rules } from "./rules.js";

/** Files that never ship: tests and what only tests import. */
const testFile = /\.test(?:-d)?\.ts$|(?:^|\/)(?:test|fixtures)\//;

function isOurs(name: string): boolean {
  return name.startsWith("@mecha/");
}

/** The name that an alias stands for: `npm:ioredis@5.11.1` is ioredis. */
function realName(name: string, range: string): string {
  return /^npm:(.+)@[^@]*$/.exec(range)?.[1] ?? name;
}

function checkManifest(manifest: Manifest, rule: Rule): string[] {
  const allowed = [...rule.imports, ...(rule.alsoDependsOn ?? []), ...(rule.dynamicOnly ?? [])];
  return Object.keys(runtimeDependencies(manifest))
    .filter((name) => isOurs(name) && !allowed.includes(name))
    .map((name) => `package.json depends on ${name}, which the table of tools/architecture/rules.ts does not allow`);
}

/** Development dependencies may bear a legacy name nowhere either: pnpm would link it beside the drop-in under test. */
function checkNames(manifest: Manifest): string[] {
  return Object.entries({ ...runtimeDependencies(manifest), ...manifest.devDependencies }).flatMap(([name, range]) => {
    if (legacyNames.includes(name)) return [`package.json names ${name}: take the real client as ${name}-upstream`];
    if (!legacyNames.includes(realName(name, range))) return [];
    const expected = upstreamAliases[name];
    if (expected === range) return [];
    return [
      `package.json has "${name}": "${range}", the table of tools/architecture/legacy-names.ts ${expected ?? "has no such alias"}`,
    ];
  });
}

/** A drop-in answers to its original's ranges: major and minor are the original's, the patch is its patch × 1000 and ours. */
function checkDropInVersion({ version, dependencies = {}, mecha }: Manifest): string[] {
  if (mecha?.build !== "drop-in") return [];
  const upstream = Object.entries(dependencies).find(([name]) => name.endsWith("-upstream"))?.[1];
  const [, line, patch] = /@(\d+\.\d+)\.(\d+)$/.exec(upstream ?? "") ?? [];
  const ours = /^(\d+\.\d+)\.(\d+)$/.exec(version);
  const count = Number(ours?.[2]) - Number(patch) * 1000;
  if (ours?.[1] === line && count >= 1 && count < 1000) return [];
  return [`package.json has version ${version}, which does not follow ${upstream ?? "any upstream"}`];
}

function checkOwnImport(name: string, { kind }: SourceImport, rule: Rule): string | undefined {
  if (rule.imports.includes(name)) return undefined;
  if (!rule.dynamicOnly?.includes(name)) return `may not import ${name}`;
  return kind === "static" ? `may load ${name} by import() only` : undefined;
}

function checkImport(found: SourceImport, manifest: Manifest, rule: Rule): string | undefined {
  const name = packageOf(found.specifier);
  if (name === undefined || name === manifest.name) return undefined;
  if (legacyNames.includes(name)) return `imports ${name}: take the real client as ${name}-upstream`;
  const isTest = testFile.test(found.file);
  if (isOurs(name) && !isTest) return checkOwnImport(name, found, rule);
  const bundled = manifest.mecha?.build === "bundle";
  const declared = { ...runtimeDependencies(manifest), ...(isTest || bundled ? manifest.devDependencies : {}) };
  // Vitest and Node's types come from the root, as they do for every test.
  if (name in declared || (isTest && name === "vitest")) return undefined;
  return `imports ${name}, which its package.json does not name`;
}

function checkPackage({ manifest, folder }: WorkspacePackage, base: string): string[] {
  if (manifest.private) return checkNames(manifest);
  const rule = rules[folder];
  if (!rule) return ["is not in the table of tools/architecture/rules.ts"];
  const imports = readImports(join(base, folder)).flatMap((found) => {
    const problem = checkImport(found, manifest, rule);
    return problem ? [`${found.file} ${problem}`] : [];
  });
  return [...checkManifest(manifest, rule), ...checkNames(manifest), ...checkDropInVersion(manifest), ...imports];
}

/**
 * Holds every package.json and every import against the tables: who may import whom, and which names are aliased.
 *
 * @param base - the checkout to read, this one by default
 * @returns one sentence a violation, each starting with the package's folder
 */
export function findViolations(base?: string): readonly string[] {
  const folder = base ?? join(import.meta.dirname, "../..");
  return listPackages(folder).flatMap((member) =>
    checkPackage(member, folder).map((problem) => `${member.folder}: ${problem}`),
  );
}
