import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { visibleDeclarations } from "./declarations.js";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mecha-declarations-"));
  mkdirSync(join(folder, "state"));
  const files = {
    "index.d.ts": `export type { State } from "./state/state.js";\nexport { MechaError } from "@mecha/spec";\n`,
    "state/state.d.ts": `export type State = import("../codec.js").Codec;\nimport "./entry.js";\n`,
    "state/entry.d.ts": "export {};\n",
    "codec.d.ts": "export interface Codec {}\n",
    "internal.d.ts": `import type { Codec } from "./codec.js";\nexport declare const codec: Codec;\n`,
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("what an entry names, directly or not, is visible, and nothing else of the package", () => {
  expect([...visibleDeclarations(folder, ["index"])].sort()).toEqual([
    "codec.d.ts",
    "index.d.ts",
    "state/entry.d.ts",
    "state/state.d.ts",
  ]);
});

test("an entry in a folder is found there", () => {
  expect(visibleDeclarations(folder, ["state/entry"])).toEqual(["state/entry.d.ts"]);
});
