import { join } from "node:path";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../run-command.js";
import { root } from "../workspace.js";
import { openWorkshop, type Workshop } from "./installed-app.js";
import { installNestOrders, type NestOrders } from "./nest-orders-app.js";
import { startSidecars } from "./nest-orders-sidecars.js";

const allPassed = /Test Suites: (\d+) passed, \1 total/;
const timeout = 600_000;
let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
}, timeout);

afterAll(() => workshop[Symbol.asyncDispose](), timeout);

describe("the example of NestJS on Nest 11, CommonJS and Jest", () => {
  let example: NestOrders;
  const endToEnd = ["--ci", "--runInBand", "--testMatch=**/test/**/*.test.ts"];

  beforeAll(async () => {
    example = await installNestOrders(workshop, { name: "nest-11-jest" });
    // The tests too; the build and Jest look at no types of theirs.
    await example.run("tsc", ["-p", "tsconfig.json"]);
    await example.run("tsc", ["-p", "tsconfig.build.json"]);
  }, timeout);

  test("runs minified into one file an app, where classes and methods have other names", { timeout }, async () => {
    for (const app of ["orders", "inventory"]) {
      const options = [
        ...["--bundle", "--minify", "--platform=node", "--packages=external"],
        `--outfile=${join(example.folder, "minified", app, "main.js")}`,
      ];
      await runCommand(join(root, "node_modules/.bin/esbuild"), [join("dist", app, "main.js"), ...options], {
        cwd: example.folder,
      });
    }
    expect(await example.run("jest", endToEnd, { SHOP_DIST: join(example.folder, "minified") })).toMatch(allPassed);
  });

  describeWith(["daprd", "redis"], "on daprd", () => {
    test("passes its end-to-end test beside real sidecars", { timeout }, async () => {
      await using sidecars = await startSidecars(example.folder);
      expect(await example.run("jest", endToEnd, sidecars.env)).toMatch(allPassed);
    });
  });
});

test("the example of NestJS passes its tests on Nest 11, compiled by SWC", { timeout }, async () => {
  const example = await installNestOrders(workshop, {
    name: "nest-11-swc",
    fixture: "nest-swc",
    devDependencies: { "@swc/cli": "^0.8.0", "@swc/core": "^1.16.0", "@swc/jest": "^0.2.39", "ts-jest": undefined },
  });
  await example.run("swc", ["src", "-d", "dist", "--strip-leading-paths"]);
  expect(await example.run("jest", ["--ci", "--runInBand"])).toMatch(allPassed);
});

test("the example of NestJS passes its tests on Nest 12, as ES modules and in vitest", { timeout }, async () => {
  const nest12 = "^12.0.0";
  const example = await installNestOrders(workshop, {
    name: "nest-12-vitest",
    fixture: "nest-esm",
    manifest: { type: "module" },
    dependencies: {
      "@nestjs/cache-manager": nest12,
      "@nestjs/common": nest12,
      "@nestjs/config": nest12,
      "@nestjs/core": nest12,
      "@nestjs/microservices": nest12,
      "@nestjs/platform-express": nest12,
      "@nestjs/platform-fastify": nest12,
      "@nestjs/terminus": nest12,
    },
    devDependencies: { "@nestjs/testing": nest12, jest: undefined, "ts-jest": undefined, vitest: "^4.1.0" },
  });
  await example.run("tsc", ["-p", "tsconfig.build.json"]);
  expect(await example.run("vitest", ["run"])).toMatch(/Test Files {2}(\d+) passed \(\1\)/);
});
