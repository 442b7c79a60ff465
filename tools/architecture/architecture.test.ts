import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { findViolations } from "./violations.js";

let checkout: string | undefined;

afterEach(() => {
  if (checkout) rmSync(checkout, { recursive: true, force: true });
});

/** A checkout of one package, as folder, fields of package.json, and sources by name. */
function createCheckout(folder: string, manifest: object, sources: Record<string, string>): string {
  checkout = mkdtempSync(join(tmpdir(), "mecha-architecture-"));
  const files = {
    "package.json": JSON.stringify({ name: "@mecha/fixture", version: "1.0.0", ...manifest }),
    "src/index.ts": "",
    ...sources,
  };
  for (const [name, text] of Object.entries(files)) {
    const file = join(checkout, folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return checkout;
}

test("every package of this repository keeps to the tables", () => {
  expect(findViolations()).toEqual([]);
});

test("an import that the table does not allow is found, in every form an import has", () => {
  const forbidden = createCheckout(
    "packages/adapter-cache",
    {},
    {
      "src/a.ts": 'import { run } from "@mecha/runtime";',
      "src/b.ts": 'export * from "@mecha/components/state/redis";',
      "src/c.ts": 'const runtime = await import("@mecha/runtime");',
      "src/d.ts": 'const runtime = require("@mecha/runtime");',
      "src/e.ts": 'type Runtime = import("@mecha/runtime").Runtime;',
    },
  );
  expect(findViolations(forbidden)).toEqual([
    "packages/adapter-cache: src/a.ts may not import @mecha/runtime",
    "packages/adapter-cache: src/b.ts may not import @mecha/components",
    "packages/adapter-cache: src/c.ts may not import @mecha/runtime",
    "packages/adapter-cache: src/d.ts may not import @mecha/runtime",
    "packages/adapter-cache: src/e.ts may not import @mecha/runtime",
  ]);
});

test("what may be loaded only by import() is found when it is imported statically", () => {
  const eager = createCheckout(
    "packages/runtime",
    {},
    { "src/a.ts": 'import "@mecha/components";', "src/b.ts": 'void import("@mecha/components/state/redis");' },
  );
  expect(findViolations(eager)).toEqual(["packages/runtime: src/a.ts may load @mecha/components by import() only"]);
});

test("a dependency in package.json that the table does not allow is found", () => {
  const wide = createCheckout("packages/spec", { peerDependencies: { "@mecha/sdk-core": "workspace:*" } }, {});
  expect(findViolations(wide)).toEqual([expect.stringContaining("package.json depends on @mecha/sdk-core")]);
});

test("a legacy name is found as a dependency, as an import and behind an unknown alias", () => {
  const legacy = createCheckout(
    "packages/components",
    {
      optionalDependencies: {
        kafkajs: "^2.2.4",
        "my-redis": "npm:ioredis@5.11.1",
        "nacos-upstream": "npm:nacos@2.6.2",
      },
    },
    { "src/a.ts": 'void import("ioredis");' },
  );
  expect(findViolations(legacy)).toEqual([
    expect.stringContaining("names kafkajs: take the real client as kafkajs-upstream"),
    expect.stringContaining('has "my-redis": "npm:ioredis@5.11.1"'),
    expect.stringContaining('has "nacos-upstream": "npm:nacos@2.6.2"'),
    expect.stringContaining("src/a.ts imports ioredis"),
  ]);
});

test("an import that package.json does not name is found, and a test may use devDependencies", () => {
  const undeclared = createCheckout(
    "packages/sdk-core",
    { devDependencies: { "@mecha/conformance": "workspace:*", yaml: "^2.0.0" } },
    {
      "src/a.ts": 'import { parse } from "yaml";',
      "src/a.test.ts": 'import { parse } from "yaml"; import { test } from "vitest"; import "@mecha/conformance";',
    },
  );
  expect(findViolations(undeclared)).toEqual([
    "packages/sdk-core: src/a.ts imports yaml, which its package.json does not name",
  ]);
});

test("a package without a rule is found", () => {
  expect(findViolations(createCheckout("packages/novelty", {}, {}))).toEqual([
    expect.stringContaining("is not in the table"),
  ]);
});

test.each(["5.11.1000", "5.11.2001", "5.12.1001", "5.11.1001-beta.1"])(
  "a drop-in's version %s for ioredis 5.11.1 is found",
  (version) => {
    const manifest = {
      version,
      dependencies: { "ioredis-upstream": "npm:ioredis@5.11.1" },
      mecha: { build: "drop-in" },
    };
    const wrong = createCheckout("packages/drop-in/ioredis-5", manifest, {});
    expect(findViolations(wrong)).toEqual([expect.stringContaining(`has version ${version}, which does not follow`)]);
  },
);
