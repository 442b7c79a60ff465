import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Set by tools/test-long.ts, which runs the suites that take minutes. */
const longTests = process.env["MECHA_LONG_TESTS"] === "1";
const globalSetup = "engines/src/vitest-global-setup.ts";

function subfolders(folder: string): string[] {
  return readdirSync(join(import.meta.dirname, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`);
}

const folders = [...subfolders("packages"), ...subfolders("packages/drop-in"), "engines", "benchmarks", "tools"].filter(
  (folder) => folder === "tools" || existsSync(join(import.meta.dirname, folder, "package.json")),
);

/** One project a package, named as its folder is; tests run on the sources, no build is needed. */
function project(folder: string): TestProjectInlineConfiguration {
  return {
    ssr: {
      resolve: {
        // Not "import": workers get these as conditions of Node, whose require() would then be given ES modules.
        conditions: ["@mecha/source", "module", "node"],
        externalConditions: ["@mecha/source"],
      },
    },
    test: {
      name: basename(folder),
      root: join(import.meta.dirname, folder),
      include: [longTests ? "**/*.long.test.ts" : "**/*.test.ts"],
      exclude: ["**/node_modules/**", "**/dist/**", "**/fixtures/**", ...(longTests ? [] : ["**/*.long.test.ts"])],
      testTimeout: 30_000,
      // CI has two shared cores for real servers and many child processes, where some start too late for their test. What fails is
      // tried again there, and the report names it; on a developer's machine it fails at once.
      retry: process.env["CI"] === undefined ? 0 : 1,
      hookTimeout: 60_000,
      sequence: { hooks: "list" },
    },
  };
}

export default defineConfig({
  test: {
    projects: folders.map(project),
    // Vitest would leave one of two cores idle; most files wait for servers and child processes.
    maxWorkers: 2,
    reporters: ["default", "./tools/vitest-summary.ts"],
    globalSetup: existsSync(join(import.meta.dirname, globalSetup)) ? [globalSetup] : [],
    coverage: { provider: "v8", include: ["packages/**/src/**/*.ts"], exclude: ["**/generated/**", "**/*.test.ts"] },
  },
});
