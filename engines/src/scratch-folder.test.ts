import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createScratchFolder } from "./scratch-folder.js";

/** The id of a process that has been. */
const deadPid = String(spawnSync(process.execPath, ["--version"]).pid);

function leave(name: string): string {
  const path = join(tmpdir(), name);
  mkdirSync(path);
  writeFileSync(join(path, "file"), "left");
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

test("what a killed process has left of the same kind is removed, and nothing else", () => {
  const kind = `scratch-test-${String(process.pid)}`;
  const left = leave(`mecha-${kind}-${deadPid}-Ab12Cd`);
  const kept = [
    leave(`mecha-${kind}-${String(process.pid)}-Ab12Cd`),
    leave(`mecha-${kind}-other-${deadPid}-Ab12Cd`),
    leave(`mecha-${kind}-${deadPid}-Ab12Cd.log`),
    leave(`mecha-${kind}-named`),
  ];
  using folder = createScratchFolder(kind);
  expect(existsSync(left)).toBe(false);
  expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  expect(basename(folder.path)).toMatch(new RegExp(`^mecha-${kind}-${String(process.pid)}-\\w+$`));
});

test("the folder goes with all that is in it", () => {
  const folder = createScratchFolder("scratch-test");
  mkdirSync(join(folder.path, "deep"));
  writeFileSync(join(folder.path, "deep", "file"), "");
  folder.remove();
  expect(existsSync(folder.path)).toBe(false);
  folder.remove();
});
