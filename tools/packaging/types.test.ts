import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../workspace.js";
import { dropIns, type InstalledApp, installApp, openWorkshop, type Workshop } from "./installed-app.js";

const { devDependencies: pinned } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly devDependencies: Readonly<Record<"@types/node" | "typescript", string>>;
};

let workshop: Workshop;
let app: InstalledApp;

beforeAll(async () => {
  workshop = await openWorkshop();
  const dependencies = { ...dropIns, "@types/node": pinned["@types/node"], typescript: pinned.typescript };
  app = await installApp(workshop, { name: "types", fixture: "types", dependencies });
}, 400_000);

afterAll(async () => {
  await workshop[Symbol.asyncDispose]();
});

/** What the compiler complains of: file and line of each error; its number depends on how overloads are written. */
async function compile(project: string): Promise<readonly string[]> {
  const { output } = await app.node(["node_modules/typescript/bin/tsc", "-p", project, "--pretty", "false"]);
  return output.match(/^[^(\n]+\(\d+(?=,\d+\): error)|^error TS\d+.*$/gm) ?? [];
}

describe.each([
  ["the drop-ins", ""],
  ["the originals", "originals."],
])("against %s", (_name, kind) => {
  test("an app compiles, as CommonJS and as an ES module", { timeout: 120_000 }, async () => {
    expect(await compile(`tsconfig.${kind}json`)).toEqual([]);
  });

  test("an app that uses the untyped ones as any compiles", { timeout: 120_000 }, async () => {
    expect(await compile(`tsconfig.${kind}untyped.json`)).toEqual([]);
  });

  test("wrong options and wrong results are errors", { timeout: 120_000 }, async () => {
    expect(await compile(`tsconfig.${kind}wrong.json`)).toEqual(["wrong.ts(4", "wrong.ts(5"]);
  });
});
