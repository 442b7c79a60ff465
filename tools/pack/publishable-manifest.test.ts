import { expect, test } from "vitest";
import { publishableManifest } from "./publishable-manifest.js";

const versions = new Map([
  ["@mecha/spec", "1.2.3"],
  ["@mecha/runtime", "1.2.3"],
]);

test("workspace ranges become versions and other ranges stay", () => {
  const manifest = publishableManifest(
    {
      name: "@mecha/a",
      version: "1.2.3",
      dependencies: { "@mecha/spec": "workspace:*", yaml: "^2.0.0" },
      peerDependencies: { "@mecha/runtime": "workspace:^" },
    },
    versions,
  );
  expect(manifest["dependencies"]).toEqual({ "@mecha/spec": "1.2.3", yaml: "^2.0.0" });
  expect(manifest["peerDependencies"]).toEqual({ "@mecha/runtime": "^1.2.3" });
});

test("what only this repository reads is left out and publishConfig is applied", () => {
  const manifest = publishableManifest(
    {
      name: "@mecha/ioredis-5",
      version: "5.11.1001",
      exports: { ".": { "@mecha/source": "./src/index.ts" } },
      publishConfig: { access: "public", exports: { ".": "./dist/cjs/index.js" } },
      devDependencies: { vitest: "1.0.0" },
      mecha: { build: "drop-in", publishAs: "@mecha/ioredis" },
    },
    versions,
  );
  expect(manifest).toEqual({
    name: "@mecha/ioredis",
    version: "5.11.1001",
    exports: { ".": "./dist/cjs/index.js" },
    publishConfig: { access: "public" },
  });
});

test("a workspace range for a package that is not published is refused", () => {
  const manifest = { name: "@mecha/a", version: "1.0.0", dependencies: { "@mecha/benchmarks": "workspace:*" } };
  expect(() => publishableManifest(manifest, versions)).toThrow(/@mecha\/benchmarks/);
});
