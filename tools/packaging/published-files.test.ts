import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand, tryCommand } from "../run-command.js";
import { dropIns, type InstalledApp, installApp, openWorkshop, originals, type Workshop } from "./installed-app.js";

interface Installed {
  readonly packages: number;
  readonly megabytes: number;
  readonly importMs: number;
}

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
}, 300_000);

afterAll(async () => {
  await workshop[Symbol.asyncDispose]();
});

test("a tarball holds what runs, its license and nothing else", { timeout: 60_000 }, async () => {
  for (const { name, file } of workshop.packages) {
    const files = (await runCommand("tar", ["-tzf", file]))
      .trim()
      .split("\n")
      .map((path) => path.replace("package/", ""));
    expect(files, name).toEqual(expect.arrayContaining(["LICENSE", "package.json", "dist/cjs/index.js"]));
    const strange = files.filter(
      (path) =>
        !/^(LICENSE|README\.md|package\.json|(dist|built)\/.*(\.js|\.d\.ts|package\.json|NOTICES\.txt))$/.test(path),
    );
    expect(strange, name).toEqual([]);
    expect(
      files.filter((path) => /\.test\.|(^|\/)(src|test|fixtures)\//.test(path)),
      name,
    ).toEqual([]);
    const typed = files.some((path) => path.endsWith(".d.ts"));
    // Their originals have no types either: half of them would take members from code that compiled against any.
    expect(typed, name).toBe(!["@mecha/ali-ons", "@mecha/sofa-rpc-node"].includes(name));
  }
});

function bytesOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** npm's own list of what it installed, beside the modules. */
function countPackages(folder: string): number {
  const lock = join(folder, "node_modules/.package-lock.json");
  const { packages } = JSON.parse(readFileSync(lock, "utf8")) as {
    readonly packages: Readonly<Record<string, unknown>>;
  };
  return Object.keys(packages).length;
}

/** The shortest of five times, which what else the machine does can only lengthen. */
async function timeImport(app: InstalledApp, name: string): Promise<number> {
  const program = `const start = performance.now(); require(${JSON.stringify(name)}); console.log(performance.now() - start); process.exit()`;
  const times: number[] = [];
  for (let run = 0; run < 5; run++) times.push(Number((await app.node(["-e", program])).stdout));
  return Math.min(...times);
}

async function measure(
  name: string,
  version: string,
  label: string,
): Promise<Installed & { readonly app: InstalledApp }> {
  const app = await installApp(workshop, { name: label, fixture: "types", dependencies: { [name]: version } });
  const megabytes = bytesOf(join(app.folder, "node_modules")) / 1_000_000;
  return { app, packages: countPackages(app.folder), megabytes, importMs: await timeImport(app, name) };
}

function describeInstalled({ packages, megabytes, importMs }: Installed): string {
  return `${packages} packages, ${megabytes.toFixed(1)} MB, ${importMs.toFixed(0)} ms to load`;
}

describe.each(Object.entries(dropIns))("%s as %s", (name, version) => {
  test("installs without a complaint; what it costs is printed", { timeout: 240_000 }, async () => {
    const dropIn = await measure(name, version, `${name}-drop-in`);
    const original = await measure(name, originals[name] ?? "", `${name}-original`);
    const listed = await tryCommand("npm", ["ls", "--all"], { cwd: dropIn.app.folder });
    // Optional ones are other platforms' builds and what the original itself leaves to its user.
    expect(listed.output).not.toMatch(/invalid|extraneous|UNMET (?!OPTIONAL)/);
    expect(listed.code).toBe(0);
    expect(existsSync(join(dropIn.app.folder, "node_modules", `${name}-upstream`))).toBe(true);
    const ratio = (dropIn.importMs / original.importMs).toFixed(1);
    process.stdout.write(
      `${name}: ${describeInstalled(dropIn)} (${ratio} times); the original: ${describeInstalled(original)}\n`,
    );
  });
});

test("ranges and peers of the originals take the drop-in's version", async () => {
  const { version } = workshop.packages.find(({ name }) => name === "@mecha/ioredis") ?? {};
  expect(version).toMatch(/^5\.11\.1\d{3}$/);
  const app = await installApp(workshop, {
    name: "ranges",
    fixture: "types",
    dependencies: { ioredis: dropIns["ioredis"] ?? "", ...workshop.libraries },
  });
  const { code, output } = await tryCommand("npm", ["ls", "ioredis"], { cwd: app.folder });
  expect(output.match(/@mecha\/ioredis@\S+/g)?.length).toBeGreaterThanOrEqual(3);
  expect(code).toBe(0);
}, 120_000);
