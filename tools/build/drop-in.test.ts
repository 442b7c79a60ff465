import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../run-command.js";
import { exportAsOriginal } from "./drop-in.js";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mecha-drop-in-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Compiles an entry as the CommonJS build does and finishes it. */
function createEntry(name: string, source: string): string {
  const file = join(folder, name);
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  writeFileSync(file, ts.transpileModule(source, { compilerOptions }).outputText);
  exportAsOriginal(file);
  exportAsOriginal(file);
  return file;
}

function evaluate(code: string): Promise<string> {
  return runCommand(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { createRequire } from "node:module";
    const require = createRequire(import.meta.url); ${code}`,
    ],
    { cwd: folder },
  );
}

test("a default export is what require gives, with the named exports as its properties", async () => {
  createEntry("parts.cjs", "export class Cluster {}");
  createEntry(
    "redis.cjs",
    `class Redis {} export default Redis; export { Redis }; export { Cluster } from "./parts.cjs"; export const print = 1;`,
  );
  const result = await evaluate(`const Redis = require("./redis.cjs");
    console.log(typeof Redis, new Redis() instanceof Redis.Redis, Redis.default === Redis, Redis.print, Redis.Cluster.name, "__esModule" in Redis);`);
  expect(result).toBe("function true true 1 Cluster false\n");
});

test("an ES module sees the names of a drop-in by static import", async () => {
  createEntry("named.cjs", "class Redis {} export default Redis; export { Redis }; export const print = 1;");
  const result = await evaluate(
    `import { Redis, print } from "./named.cjs"; import whole from "./named.cjs"; console.log(Redis === whole, print);`,
  );
  expect(result).toBe("true 1\n");
});

test("an entry without a default export stays a module of names", async () => {
  createEntry("names.cjs", "export class Producer {} export const version = 3;");
  expect(await evaluate(`console.log(Object.keys(require("./names.cjs")).join());`)).toBe("Producer,version\n");
});

test("an ES module sees what an entry without a default export takes over from others", async () => {
  createEntry("original.cjs", "export const print = 1;");
  createEntry("stars.cjs", `export * from "./original.cjs"; export const createClient = 2;`);
  const result = await evaluate(
    `import whole, { createClient, print } from "./stars.cjs"; console.log(print, createClient, Object.keys(whole).sort().join());`,
  );
  expect(result).toBe("1 2 createClient,print\n");
});
