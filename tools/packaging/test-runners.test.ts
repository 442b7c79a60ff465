import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../workspace.js";
import { dropIns, type InstalledApp, installApp, openApp, openWorkshop, type Workshop } from "./installed-app.js";
import { defaultManager } from "./package-managers.js";

const { devDependencies: pinned } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly devDependencies: Readonly<Record<"esbuild" | "vitest", string>>;
};

let workshop: Workshop;
let app: InstalledApp;

beforeAll(async () => {
  workshop = await openWorkshop();
  const tools = { esbuild: pinned.esbuild, jest: "^29.7.0", mocha: "^11.0.0", vitest: pinned.vitest };
  app = await installApp(workshop, {
    name: "test-runners",
    dependencies: { ...dropIns, ...workshop.libraries, ...tools },
  });
}, 400_000);

afterAll(async () => {
  await workshop[Symbol.asyncDispose]();
});

/** Runs a tool of the app and gives what it printed, which is the reason where it fails. */
async function run(...args: readonly string[]): Promise<string> {
  // vitest and Jest set NODE_ENV themselves only where it is absent, and leave marks that the other would read.
  // Colours would stand between the words that are looked for; where CI is set, vitest colours even what goes into a pipe.
  const marks = { VITEST: undefined, JEST_WORKER_ID: undefined, FORCE_COLOR: undefined, NO_COLOR: "1" };
  const { code, output } = await app.node(args, marks);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${output}`);
  return output;
}

test("Jest 29 runs an app's tests, also after it has reset its modules", { timeout: 120_000 }, async () => {
  const jest = "node_modules/jest/bin/jest.js";
  const output = await run(jest, "--ci", "--testTimeout=30000", "--testMatch=**/*.jest.test.js", "--runInBand");
  expect(output).toMatch(/Tests:\s+3 passed, 3 total/);
  expect(output).not.toMatch(/did not exit|worker process has failed/);
});

test("vitest runs an app's tests", { timeout: 120_000 }, async () => {
  const output = await run("node_modules/vitest/vitest.mjs", "run", "--testTimeout=30000", "clients.vitest.test.mjs");
  expect(output).toMatch(/Tests\s+2 passed \(2\)/);
});

test("mocha runs an app's tests and the process ends by itself", { timeout: 120_000 }, async () => {
  expect(await run("node_modules/mocha/bin/mocha.js", "clients.mocha.js")).toMatch(/1 passing/);
});

test("a bundle of the app needs the native SQLite beside it and nothing else", { timeout: 120_000 }, async () => {
  const bundle = join(workshop.folder, "bundled");
  mkdirSync(join(bundle, "node_modules"), { recursive: true });
  symlinkSync(join(app.folder, "node_modules/libsql"), join(bundle, "node_modules/libsql"));
  symlinkSync(join(app.folder, "components"), join(bundle, "components"));
  // proxy-agent: the original nacos asks for it too, where a proxy is configured, and does not depend on it.
  const options = [
    "--bundle",
    "--platform=node",
    "--external:libsql",
    "--external:proxy-agent",
    `--outfile=${bundle}/main.js`,
  ];
  await run("node_modules/esbuild/bin/esbuild", "main.js", ...options);
  const report = await openApp(bundle, defaultManager).report("main.js", { APP_ID: "packaging-app" });
  expect(report).toMatchObject({
    used: {
      cache: { seen: "by the drop-in" },
      config: "half price",
      message: { sendStatus: "SEND_OK" },
      rpc: { left: 7 },
    },
    clients: [],
  });
});

test.each(["cluster.js", "threads.js"])("several at once share the data and end by themselves: %s", async (program) => {
  expect(await app.report(program)).toEqual({ codes: [0, 0], counted: 100 });
});
