import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { daprBuild, daprdModule, daprMinors, daprVersion, goVersion, pinnedMinor } from "./daprd-binary.js";

test("each minor version is pinned to a release of its own, built by the same Go into a binary of its own", () => {
  const builds = daprMinors.map(daprBuild);
  for (const { minor, version } of builds)
    expect(version).toMatch(new RegExp(`^${minor.replace(".", "\\.")}\\.\\d+$`, "u"));
  expect(new Set(builds.map(({ binary }) => binary)).size).toBe(daprMinors.length);
  for (const minor of daprMinors.filter((name) => name !== pinnedMinor)) {
    expect(readFileSync(join(daprdModule, "minors", minor, "go.mod"), "utf8")).toContain(`\ngo ${goVersion}\n`);
    expect(daprBuild(minor).args).toContain(`-modfile=minors/${minor}/go.mod`);
  }
});

test("the pinned version is the newest, and the two before it are the others", () => {
  const newest = Number(daprVersion.split(".")[1]);
  expect(daprMinors).toEqual([newest, newest - 1, newest - 2].map((minor) => `1.${String(minor)}`));
});
