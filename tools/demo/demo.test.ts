import { spawnSync } from "node:child_process";
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "@mecha/engines/vitest";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../workspace.js";
import { demoCommand } from "./demo-command.js";
import { installOriginals } from "./install-originals.js";
import { exampleFolder, installPacked } from "./install-packed.js";
import { type DemoHooks, type DemoReport } from "./run-demo.js";

const runMs = 240_000;
const installMs = 300_000;
let work: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "mecha-demo-test-"));
  await installPacked(() => undefined);
}, installMs);

afterAll(() => rm(work, { recursive: true, force: true }));

/** Runs the command as a machine would. */
async function demo(args: readonly string[], hooks: Omit<DemoHooks, "report"> = {}) {
  let out = "";
  let err = "";
  const output = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  };
  const code = await demoCommand([...args, "--json"], output, hooks);
  return { code, err, report: JSON.parse(out) as DemoReport & { error?: string } };
}

function failedChecks({ checks }: DemoReport): readonly string[] {
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}

describe("npm run demo on the laptop", () => {
  it("comes to the calculated result, and says so to machines", { timeout: runMs }, async () => {
    const { code, report } = await demo(["--limit", "400"]);
    expect(failedChecks(report)).toEqual([]);
    expect(code).toBe(0);
    expect(report).toMatchObject({ on: "laptop", ok: true, appFilesChanged: 0, messages: { redelivered: 1, lost: 0 } });
    expect(report.result).toMatch(/^[0-9a-f]{64}$/);
    expect(report.calls.map(({ adapter, type }) => `${adapter} ${type}`)).toEqual([
      "cache state.sqlite",
      "config configuration.file",
      "config bindings.localstorage",
      "mq pubsub.sqlite",
      "rpc invocation",
    ]);
    for (const call of report.calls)
      expect(call).toEqual({
        ...call,
        count: expect.any(Number) as number,
        p50Us: expect.any(Number) as number,
        p99Us: expect.any(Number) as number,
      });
  });

  it("loses nothing and applies nothing twice when a worker and the inventory are killed", {
    timeout: runMs,
  }, async () => {
    const { code, report } = await demo(["--limit", "600", "--kill"]);
    expect(failedChecks(report)).toEqual([]);
    expect(code).toBe(0);
  });

  it("exits with 1 when a message is dropped", { timeout: runMs }, async () => {
    const { code, report } = await demo(["--limit", "60"], {
      deliveryTimeoutMs: 3000,
      onStarted: ({ folder }) => dropOneMessage(folder),
    });
    expect(report.messages.lost).toBe(1);
    expect(failedChecks(report)).toContain("messages lost");
    expect(code).toBe(1);
  });

  it("exits with 1 when a file of the app was edited", { timeout: runMs }, async () => {
    const { code, report } = await demo(["--limit", "20"], {
      onInstalled: (folder) => appendFile(join(folder, "orders/pricing.js"), "\n// edited\n"),
    });
    expect(report.appFilesChanged).toBe(1);
    expect(failedChecks(report)).toEqual(["app files changed"]);
    expect(code).toBe(1);
  });

  it.each([
    ["a folder that does not exist", () => join(work, "nowhere"), "nowhere"],
    [
      "YAML that is broken",
      () =>
        changedComponents("broken", "laptop", (folder) =>
          writeFile(join(folder, "zz.yaml"), "kind: Component\nmetadata:\n  name: [oops\n"),
        ),
      "zz.yaml:4:1 is not valid YAML",
    ],
    [
      "a missing cache component",
      () => changedComponents("no-cache", "laptop", (folder) => unlink(join(folder, "cache.yaml"))),
      "Add a component of type state.*",
    ],
    [
      "a missing message component",
      () => changedComponents("no-events", "laptop", (folder) => unlink(join(folder, "events.yaml"))),
      "Add a component of type pubsub.*",
    ],
    [
      "a missing configuration component",
      () => changedComponents("no-settings", "laptop", (folder) => unlink(join(folder, "settings.yaml"))),
      "Add a component of type configuration.*",
    ],
    [
      "two components that could serve",
      () => changedComponents("two", "laptop", addSecondCache),
      "Write a rule in a resource of kind Adapters: cache:",
    ],
    [
      "a component type that does not exist",
      () =>
        changedComponents("typo", "laptop", (folder) =>
          replaceIn(join(folder, "cache.yaml"), "state.sqlite", "state.sqlit"),
        ),
      "cache.yaml",
    ],
  ])("ends with an error that says what to do, given %s", { timeout: runMs }, async (_name, components, message) => {
    const { code, err, report } = await demo(["--limit", "20", "--components", await components()]);
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(report.error).toContain(message);
  });

  it("refuses options that it does not know", async () => {
    const errors: string[] = [];
    const output = { out: () => undefined, err: (text: string) => void errors.push(text) };
    expect(await demoCommand(["--on", "moon"], output)).toBe(2);
    expect(await demoCommand(["--redis", "127.0.0.1:6379"], output)).toBe(2);
    expect(await demoCommand(["--frobnicate"], output)).toBe(2);
    expect(errors.join("\n")).toMatch(
      /moon: there is laptop, open-source and daprd[^]*--redis goes with --on open-source and --on daprd[^]*frobnicate/,
    );
  });
});

describeWith(["redis", "rocketmq", "nacos"], "npm run demo on open source", (on) => {
  const servers = () => [
    "--on",
    "open-source",
    "--redis",
    on.redis.address,
    "--rocketmq",
    on.rocketmq.nameServer,
    "--nacos",
    on.nacos.address,
  ];

  it("comes to the same result as on the laptop, with the servers' own counts", { timeout: runMs }, async () => {
    const laptop = await demo(["--limit", "200"]);
    const { code, report } = await demo([...servers(), "--limit", "200"]);
    expect(failedChecks(report)).toEqual([]);
    expect(code).toBe(0);
    expect(report.result).toBe(laptop.report.result);
    expect(report.calls.map(({ type }) => type)).toEqual([
      "state.redis",
      "configuration.nacos",
      "bindings.nacos",
      "pubsub.rocketmq",
      "invocation",
    ]);
  });

  it("loses nothing and applies nothing twice when a worker and the inventory are killed", {
    timeout: runMs,
  }, async () => {
    const { code, report } = await demo([...servers(), "--limit", "600", "--kill"]);
    expect(failedChecks(report)).toEqual([]);
    expect(code).toBe(0);
  });

  it("exits with 1 when an adapter is bypassed", { timeout: runMs }, async () => {
    const originals = await originalModules();
    const { code, report } = await demo([...servers(), "--limit", "60"], {
      onInstalled: (folder) => bypassCache(folder, originals),
      env: { REDIS_HOST: on.redis.host, REDIS_PORT: String(on.redis.port), REDIS_PASSWORD: "" },
    });
    expect(failedChecks(report)).toContain("cache: calls went through the adapter");
    expect(failedChecks(report)).toContain("commands: Redis commandstats and calls");
    expect(code).toBe(1);
  });

  it("ends with an error that names component and address when Redis is down", { timeout: runMs }, async () => {
    const args = [
      "--on",
      "open-source",
      "--redis",
      "127.0.0.1:1",
      "--rocketmq",
      on.rocketmq.nameServer,
      "--nacos",
      on.nacos.address,
      "--limit",
      "20",
    ];
    const { code, err } = await demo(args);
    expect(code).toBe(1);
    expect(err).toMatch(/127\.0\.0\.1:1\b/);
  });
});

describeWith(["daprd", "redis", "rocketmq"], "npm run demo on daprd", (on) => {
  const onDaprd = () => ["--on", "daprd", "--redis", on.redis.address, "--rocketmq", on.rocketmq.nameServer];

  it("comes to the calculated result through sidecars that count the same calls", { timeout: runMs }, async () => {
    const { code, report } = await demo([...onDaprd(), "--limit", "60"]);
    expect(failedChecks(report)).toEqual([]);
    expect(code).toBe(0);
    expect(report).toMatchObject({ on: "daprd", appFilesChanged: 0, messages: { lost: 0 } });
    expect(report.calls.map(({ adapter, type }) => `${adapter} ${type}`)).toEqual([
      "cache state.redis",
      "config configuration.redis",
      "config bindings.redis",
      "mq pubsub.rocketmq",
      "rpc invocation",
    ]);
  });

  it("loses nothing and applies nothing twice when a worker and the inventory are killed", {
    timeout: runMs,
  }, async () => {
    const { code, report } = await demo([...onDaprd(), "--limit", "150", "--kill"]);
    expect(failedChecks(report)).toEqual([]);
    expect(code).toBe(0);
  });

  it("ends with an error that shows what daprd says when a component cannot be made", { timeout: runMs }, async () => {
    const components = await changedComponents("daprd-typo", "daprd", (folder) =>
      replaceIn(join(folder, "cache.yaml"), "state.redis", "state.redi"),
    );
    const { code, err } = await demo([...onDaprd(), "--limit", "20", "--components", components]);
    expect(code).toBe(1);
    expect(err).toContain("state.redi");
  });
});

it("lists what the machine lacks for daprd, with the command that gets it", { timeout: runMs }, async () => {
  const empty = join(work, "nothing-installed");
  await mkdir(empty);
  const env = { ...process.env, MECHA_ENGINES_INSTALLED: empty };
  const args = ["--import", "tsx", join(root, "tools/demo/main.ts"), "--on", "daprd", "--redis", "127.0.0.1:1"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8" });
  expect(stderr).toMatch(
    /This machine lacks:\n {2}rocketmq needs .*\n {2}daprd needs its built binary: npm run engines:install\n/,
  );
  expect(stderr).toContain("Or name servers that run: --redis, --rocketmq host:port");
  expect(status).toBe(1);
});

/** Makes the broker lose the first message that the consumer wants: its delivery vanishes as soon as it is there. */
function dropOneMessage(folder: string): void {
  const database = new Database(join(folder, ".mecha/events.db"));
  database.exec(`
    CREATE TABLE dropped (message_id INTEGER);
    CREATE TRIGGER drop_one AFTER INSERT ON deliveries
    WHEN NOT EXISTS (SELECT 1 FROM dropped)
      AND (SELECT metadata FROM messages WHERE id = NEW.message_id) NOT LIKE '%digital%'
    BEGIN
      INSERT INTO dropped VALUES (NEW.message_id);
      DELETE FROM deliveries WHERE message_id = NEW.message_id;
    END`);
  database.close();
}

async function changedComponents(
  name: string,
  place: "laptop" | "daprd",
  change: (folder: string) => Promise<unknown>,
): Promise<string> {
  const folder = join(work, name);
  await cp(join(root, "components", place), folder, { recursive: true });
  await change(folder);
  return folder;
}

async function addSecondCache(folder: string): Promise<void> {
  await cp(join(folder, "cache.yaml"), join(folder, "cache-b.yaml"));
  await replaceIn(join(folder, "cache-b.yaml"), "name: cache\n", "name: cache-b\n");
  await replaceIn(join(folder, "cache-b.yaml"), "cache.db", "cache-b.db");
}

async function replaceIn(file: string, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, "utf8")).replace(from, to));
}

/** Where the example's original packages are installed. */
async function originalModules(): Promise<string> {
  const folder = join(work, "originals");
  await installOriginals(exampleFolder, folder);
  return join(folder, "node_modules");
}

/** Gives the app the original client again; every other package stays as installed. */
async function bypassCache(folder: string, originals: string): Promise<void> {
  const installed = join(await installPacked(() => undefined), "node_modules");
  const modules = join(folder, "node_modules");
  await unlink(modules);
  await mkdir(modules);
  const names = (await readdir(installed)).filter((name) => name !== "ioredis" && !name.startsWith("."));
  for (const name of names) await symlink(join(installed, name), join(modules, name), "dir");
  await symlink(join(originals, "ioredis"), join(modules, "ioredis"), "dir");
}
