import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dropIns, type InstalledApp, installApp, openWorkshop, type Workshop } from "./installed-app.js";
import { packageManagers } from "./package-managers.js";

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
}, 300_000);

afterAll(async () => {
  await workshop[Symbol.asyncDispose]();
});

/** What each client gives that the runtime answers; the addresses in the fixture lead nowhere. */
const used = {
  cache: { status: "ready", seen: "by the drop-in", first: 5, second: 4 },
  config: "half price",
  message: { sendStatus: "SEND_OK", body: "order 42", tags: "paid" },
  rpc: { sku: "a-1", left: 7 },
};

/** The names of clients in a process that a drop-in is loaded in: itself and, as what it builds on, its original. */
const clients = [
  expect.stringMatching(/^@mecha\/ali-ons@3\.12\.\d+$/),
  expect.stringMatching(/^@mecha\/ioredis@5\.11\.1\d{3}$/),
  expect.stringMatching(/^@mecha\/nacos@2\.6\.3\d{3}$/),
  expect.stringMatching(/^@mecha\/sofa-rpc-node@2\.10\.\d+$/),
  "ali-ons@3.12.0",
  "ioredis@5.11.1",
  "nacos@2.6.3",
  "sofa-rpc-node@2.10.0",
];

const theDropIn = { copy: "@mecha/ioredis", shared: true, read: "by the drop-in" };
const theOriginal = { copy: "ioredis", shared: false, read: "ECONNREFUSED" };
const peer = { copy: "@mecha/ioredis", shared: true };

/** npm alone lets an alias serve a dependency whose range it fits; the others give the real package, in silence. */
const nestedWithoutOverride = (manager: string): object => (manager === "npm" ? theDropIn : theOriginal);

/** What the process says of the original that a dependency got: once, with the line that this manager takes. */
function warningsWithoutOverride(manager: string): unknown[] {
  if (manager === "npm") return [];
  const file =
    manager === "pnpm" ? 'pnpm-workspace.yaml: overrides: { ioredis: "' : 'package.json: "resolutions": { "ioredis": "';
  return [expect.stringMatching(`"ioredis" in .*"order-cache" uses it.*${file}npm:@mecha/ioredis@\\^5\\.11\\.0" }`)];
}

describe.each(packageManagers)("installed by $name", (manager) => {
  const install = (name: string, overrides?: { readonly overrides: typeof dropIns }): Promise<InstalledApp> =>
    installApp(workshop, {
      name: `${manager.name} ${name}`.replace(/\W+/g, "-"),
      dependencies: { ...dropIns, ...workshop.libraries },
      manager,
      ...overrides,
    });

  test("four versions are enough for the app's own calls, by require and by import", { timeout: 300_000 }, async () => {
    const app = await install("versions only");
    const warnings = warningsWithoutOverride(manager.name);
    const expected = { used, nested: nestedWithoutOverride(manager.name), peer, clients, warnings };
    expect(await app.report("main.js")).toEqual(expected);
    expect(await app.report("main.mjs")).toEqual({ ...expected, names: [true, true, true, true] });
  });

  test("one override line gives a dependency the drop-in too", { timeout: 300_000 }, async () => {
    const app = await install("one override", { overrides: { ioredis: dropIns["ioredis"] ?? "" } });
    const expected = { used, nested: theDropIn, peer, clients, warnings: [] };
    expect(await app.report("main.js")).toEqual(expected);
    expect(await app.report("main.mjs")).toEqual({ ...expected, names: [true, true, true, true] });
  });
});
