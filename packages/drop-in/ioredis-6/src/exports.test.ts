import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as upstream from "ioredis-6-upstream";
import { expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import * as dropIn from "./index.js";

const root = dirname(import.meta.dirname);
const { resolve } = createRequire(import.meta.url);
const upstreamRoot = dirname(dirname(resolve("ioredis-6-upstream")));

function modules(folder: string, extension: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(extension)).sort();
}

it("exports every name of the original", () => {
  const names = Object.keys(upstream).filter((name) => !["module.exports", "__esModule"].includes(name));
  expect(Object.keys(dropIn)).toEqual(expect.arrayContaining(names));
});

it("puts its own classes in the place of the original's clients only", () => {
  const { default: main, Redis, Cluster, ...others } = dropIn;
  expect(main).toBe(Redis);
  expect(Redis).not.toBe(upstream.Redis);
  expect(Cluster.prototype).toBeInstanceOf(Redis);
  for (const [name, value] of Object.entries(others))
    expect([name, upstream[name as keyof typeof upstream]]).toEqual([name, value]);
});

it("answers every deep path of the original, with types where there are any", () => {
  expect(modules(join(root, "built"), ".js")).toEqual(modules(join(upstreamRoot, "built"), ".js"));
  expect(modules(join(root, "built"), ".d.ts")).toEqual(modules(join(upstreamRoot, "built"), ".d.ts"));
});

it("finds a folder's deep path by its name, as without a map of exports", () => {
  const folders = modules(join(upstreamRoot, "built"), ".js")
    .filter((file) => /.\/index\.js$/.test(file))
    .map(dirname);
  expect(Object.keys(manifest.exports)).toEqual(expect.arrayContaining(folders.map((folder) => `./built/${folder}`)));
  expect(manifest.publishConfig.exports).toMatchObject(
    Object.fromEntries(Object.entries(manifest.exports).filter(([path]) => path !== ".")),
  );
});

it("carries a version that fits every range of the original's", () => {
  expect(manifest.version).toMatch(/^6\.0\.[1-9]\d{0,2}$/);
});
