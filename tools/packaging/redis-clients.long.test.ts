import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../workspace.js";
import { type InstalledApp, installApp, openApp, openWorkshop, type Workshop } from "./installed-app.js";
import { defaultManager, packageManagers } from "./package-managers.js";

const { devDependencies: pinned } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly devDependencies: Readonly<Record<"esbuild" | "vitest", string>>;
};

/** Each release of node-redis with one of ioredis. */
const releases = [
  { redis: "^4.7.0", ioredis: "^5.11.0", copies: ["@mecha/ioredis@5.11", "@mecha/redis@4.7"] },
  { redis: "^5.12.0", ioredis: "^6.0.0", copies: ["@mecha/ioredis@6.0", "@mecha/redis@5.12"] },
  { redis: "^6.3.0", ioredis: "^6.0.0", copies: ["@mecha/ioredis@6.0", "@mecha/redis@6.3"] },
];

const used = { seen: "by both", heard: "hello", list: 2 };

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
}, 600_000);

afterAll(() => workshop[Symbol.asyncDispose](), 300_000);

const aliases = ({ redis, ioredis }: (typeof releases)[number]): Readonly<Record<string, string>> => ({
  redis: `npm:@mecha/redis@${redis}`,
  ioredis: `npm:@mecha/ioredis@${ioredis}`,
});

describe.each(packageManagers)("installed by $name", (manager) => {
  test.each(releases)("redis $redis and ioredis $ioredis answer", { timeout: 300_000 }, async (release) => {
    const dependencies = aliases(release);
    const app = await installApp(workshop, {
      name: `${manager.name} ${release.redis}`.replace(/\W+/g, "-"),
      fixture: "redis-clients",
      dependencies,
      overrides: dependencies,
      manager,
    });
    const { copies } = release;
    expect(await app.report("main.js")).toEqual({ used, copies });
    expect(await app.report("main.mjs")).toEqual({ used, copies, names: [true, true, true, "function"] });
  });
});

describe.each(releases)("an app with redis $redis and ioredis $ioredis", (release) => {
  let app: InstalledApp;

  beforeAll(async () => {
    const tools = { esbuild: pinned.esbuild, jest: "^29.7.0", mocha: "^11.0.0", vitest: pinned.vitest };
    app = await installApp(workshop, {
      name: `tools ${release.redis}`.replace(/\W+/g, "-"),
      fixture: "redis-clients",
      dependencies: { ...aliases(release), ...tools },
    });
  }, 400_000);

  /** Runs a tool of the app and gives what it printed, which is the reason where it fails. */
  async function run(...args: readonly string[]): Promise<string> {
    const marks = { VITEST: undefined, JEST_WORKER_ID: undefined, FORCE_COLOR: undefined, NO_COLOR: "1" };
    const { code, output } = await app.node(args, marks);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  test("runs its tests by Jest 29, vitest and mocha", { timeout: 300_000 }, async () => {
    const jest = await run(
      "node_modules/jest/bin/jest.js",
      "--ci",
      "--testTimeout=30000",
      "--testMatch=**/*.jest.test.js",
    );
    expect(jest).toMatch(/Tests:\s+2 passed, 2 total/);
    expect(jest).not.toMatch(/did not exit|worker process has failed/);
    const vitest = ["node_modules/vitest/vitest.mjs", "run", "--testTimeout=30000", "clients.vitest.test.mjs"];
    expect(await run(...vitest)).toMatch(/Tests\s+1 passed \(1\)/);
    expect(await run("node_modules/mocha/bin/mocha.js", "clients.mocha.js")).toMatch(/1 passing/);
  });

  test.each(["cluster.js", "threads.js"])("counts from several at once: %s", { timeout: 120_000 }, async (program) => {
    expect(await app.report(program)).toEqual({ codes: [0, 0], counted: 100 });
  });

  test("runs as a bundle, with the native SQLite beside it", { timeout: 120_000 }, async () => {
    const bundle = join(workshop.folder, `bundle-${release.redis.replace(/\W+/g, "-")}`);
    mkdirSync(join(bundle, "node_modules"), { recursive: true });
    symlinkSync(join(app.folder, "node_modules/libsql"), join(bundle, "node_modules/libsql"));
    symlinkSync(join(app.folder, "components"), join(bundle, "components"));
    const options = ["--bundle", "--platform=node", "--external:libsql", `--outfile=${bundle}/cluster.js`];
    await run(
      "node_modules/esbuild/bin/esbuild",
      "cluster.js",
      ...options,
      "--external:@opentelemetry/api",
      "--external:@node-rs/xxhash",
    );
    const report = await openApp(bundle, defaultManager).report("cluster.js", { APP_ID: "redis-clients" });
    expect(report).toEqual({ codes: [0, 0], counted: 100 });
  });
});
