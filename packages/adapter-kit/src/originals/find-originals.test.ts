import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { findOriginals, type LoadedModules } from "./find-originals.js";
import { noticeOriginals, registerDropIn } from "./notice-originals.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mecha-originals-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes files; a package.json gets the name, everything else the code. */
function write(files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file.endsWith("package.json") ? JSON.stringify({ name: content }) : content);
  }
}

/** Runs a program of the folder and gives what Node then has of this folder, and what a file in it exports. */
function load(program: string): { readonly modules: LoadedModules; readonly exportsOf: (file: string) => unknown } {
  const require = createRequire(join(folder, "noop.js"));
  require(join(folder, program));
  const entries = Object.entries(require.cache).filter(([file]) => file.startsWith(folder));
  return { modules: Object.fromEntries(entries), exportsOf: (file) => require(join(folder, file)) as unknown };
}

const original = "exports.Client = class {};";

/** An app with the drop-in under the original's name and the original under the alias, as npm and Yarn lay them out. */
const app = {
  "package.json": "shop",
  "node_modules/legacy/package.json": "@mecha/legacy",
  "node_modules/legacy/index.js": 'exports.Client = class extends require("legacy-upstream").Client {};',
  "node_modules/legacy-upstream/package.json": "legacy",
  "node_modules/legacy-upstream/index.js": original,
};

it("finds nothing where only the drop-in uses the original", () => {
  write({ ...app, "main.js": 'require("legacy")' });
  const { modules, exportsOf } = load("main.js");
  expect(findOriginals({ name: "legacy", upstream: exportsOf("node_modules/legacy-upstream") }, modules)).toEqual([]);
});

it("finds a dependency's own copy and names the dependency", () => {
  write({
    ...app,
    "main.js": 'require("legacy"); require("helper")',
    "node_modules/helper/package.json": "helper",
    "node_modules/helper/index.js": 'require("legacy")',
    "node_modules/helper/node_modules/legacy/package.json": "legacy",
    "node_modules/helper/node_modules/legacy/index.js": original,
  });
  const { modules, exportsOf } = load("main.js");
  const found = findOriginals({ name: "legacy", upstream: exportsOf("node_modules/legacy-upstream") }, modules);
  expect(found).toEqual([{ folder: join(folder, "node_modules/helper/node_modules/legacy"), importer: "helper" }]);
});

/** One physical copy for everybody, as pnpm lays it out. */
const shared = {
  "package.json": "shop",
  "node_modules/.pnpm/legacy@1/node_modules/legacy/package.json": "legacy",
  "node_modules/.pnpm/legacy@1/node_modules/legacy/index.js": original,
  "node_modules/.pnpm/m/node_modules/@mecha/legacy/package.json": "@mecha/legacy",
  "node_modules/.pnpm/m/node_modules/@mecha/legacy/index.js": 'require("../../../../legacy@1/node_modules/legacy")',
  "node_modules/.pnpm/h/node_modules/helper/package.json": "helper",
  "node_modules/.pnpm/h/node_modules/helper/index.js": 'require("../../../legacy@1/node_modules/legacy")',
};
const sharedCopy = "node_modules/.pnpm/legacy@1/node_modules/legacy";

it("finds a dependency that uses the very copy that the drop-in builds on", () => {
  write({ ...shared, "main.js": 'require("./node_modules/.pnpm/m/node_modules/@mecha/legacy")' });
  const alone = load("main.js");
  const dropIn = { name: "legacy", upstream: (alone.exportsOf(sharedCopy) as { readonly Client: unknown }).Client };
  expect(findOriginals(dropIn, alone.modules)).toEqual([]);
  const { modules } = load("node_modules/.pnpm/h/node_modules/helper");
  expect(findOriginals(dropIn, modules)).toEqual([{ folder: join(folder, sharedCopy), importer: "helper" }]);
});

it("takes a copy for the drop-in's own by what it exports where Node does not know who loaded it", () => {
  write(shared);
  const { Client } = load(sharedCopy).exportsOf(sharedCopy) as { readonly Client: unknown };
  const modules = { [join(folder, sharedCopy, "index.js")]: { exports: { Client }, children: [] } };
  expect(findOriginals({ name: "legacy", upstream: Client }, modules)).toEqual([]);
  expect(findOriginals({ name: "legacy", upstream: "another" }, modules)).toEqual([
    { folder: join(folder, sharedCopy) },
  ]);
});

it("says it once a process, with the line to add", () => {
  write(shared);
  load("node_modules/.pnpm/h/node_modules/helper");
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  registerDropIn({ name: "legacy", replacement: "npm:@mecha/legacy@^1", upstream: "another" });
  noticeOriginals();
  noticeOriginals();
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /"legacy" in .*"helper" uses it.*pnpm-workspace\.yaml: overrides: \{ legacy: "npm:@mecha\/legacy@\^1" \}/,
      ),
      { type: "MechaWarning", code: "MECHA_ORIGINAL_LOADED" },
    ],
  ]);
});
