import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageOf, readImports, type SourceImport } from "../architecture/read-imports.js";
import { startRegistry } from "../registry/registry.js";
import { runCommand } from "../run-command.js";
import { listPublished, root, runtimeDependencies } from "../workspace.js";
import { packAll, type PackedPackage } from "./pack-all.js";

let folder: string;
let packages: readonly PackedPackage[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mecha-pack-"));
  packages = await packAll(join(folder, "tarballs"));
}, 240_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("every published package is packed under its public name", () => {
  const expected = listPublished().map(({ manifest }) => manifest.mecha?.publishAs ?? manifest.name);
  expect(packages.map(({ name }) => name)).toEqual(expected);
  expect(expected).toContain("@mecha/ioredis");
});

/** The imports that a compiler reads when it starts at the entry's declarations: what lies beside them may name anything. */
function reachableImports(imports: readonly SourceImport[], entry: string): readonly SourceImport[] {
  const reached = new Set([entry]);
  for (const file of reached) {
    for (const { specifier } of imports.filter((found) => found.file === file && found.specifier.startsWith("."))) {
      reached.add(posix.join(posix.dirname(file), specifier.replace(/\.js$/, ".d.ts")));
    }
  }
  return imports.filter(({ file }) => reached.has(file));
}

test("what users get of types names only packages that are installed with them", () => {
  const strangers = listPublished().flatMap(({ manifest, folder: member }) => {
    const installed = [manifest.name, ...Object.keys(runtimeDependencies(manifest))];
    const imports = readImports(join(root, member), "dist");
    const read = ["esm", "cjs"].flatMap((format) => reachableImports(imports, `dist/${format}/index.d.ts`));
    return read.flatMap(({ file, specifier }) => {
      const name = packageOf(specifier);
      return name === undefined || installed.includes(name) ? [] : [`${member}/${file} names ${name}`];
    });
  });
  expect(strangers).toEqual([]);
});

test("all packages install together from a registry and load by import and by require", {
  timeout: 240_000,
}, async () => {
  await using registry = await startRegistry(packages);
  // Drop-ins of several releases have one name; an alias for each lets them stand beside each other.
  const isShared = (wanted: string): boolean => packages.filter(({ name }) => name === wanted).length > 1;
  const dependencies = Object.fromEntries(
    packages.map(({ name, version }) =>
      isShared(name) ? [`${name}-${version}`, `npm:${name}@${version}`] : [name, version],
    ),
  );
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "app", version: "1.0.0", private: true, dependencies }),
  );
  await runCommand("npm", ["install", "--no-audit", "--no-fund"], { cwd: folder, env: registry.environment });
  const names = JSON.stringify(Object.keys(dependencies));
  const load = `const names = ${names};
    for (const name of names) { require(name); await import(name); }
    process.stdout.write("loaded " + names.length);`;
  const program = `import { createRequire } from "node:module"; const require = createRequire(${JSON.stringify(`${folder}/`)}); ${load}`;
  const file = join(folder, "load.mjs");
  writeFileSync(file, program);
  expect(await runCommand(process.execPath, [file], { cwd: folder })).toBe(`loaded ${packages.length}`);
});
