import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CommandResult, tryCommand } from "./run-command.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mecha-ci-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs CI with an npm that plays the stages: the shell lines for each, by the word that its arguments contain. */
function runCi(stages: Record<string, string>): Promise<CommandResult> {
  const cases = Object.entries(stages).map(([word, lines]) => `*${word}*) ${lines} ;;`);
  const npm = join(folder, "npm");
  writeFileSync(
    npm,
    `#!/usr/bin/env bash\ncase "$*" in\n${cases.join("\n")}\n*) echo "1 passed, 0 failed, 0 skipped" ;;\nesac\n`,
  );
  chmodSync(npm, 0o755);
  return tryCommand("bash", [".ci/run"], { env: { PATH: `${folder}:${process.env["PATH"] ?? ""}` } });
}

function lastLine(output: string): string | undefined {
  return output.trimEnd().split("\n").at(-1);
}

test("CI adds up its stages, a silent one being one check, and prints minutes for each", async () => {
  const { code, output } = await runCi({ engines: "true", verify: "echo '30 passed, 0 failed, 0 skipped'" });
  expect(lastLine(output)).toBe("33 passed, 0 failed, 0 skipped");
  expect(output).toMatch(/^ +\d+\.\d\d min {2}engines\n +\d+\.\d\d min {2}tests\n/m);
  expect(code).toBe(0);
});

test("a failure in one stage fails CI after the others ran", async () => {
  const { code, output } = await runCi({ engines: "exit 3", long: "echo '2 passed, 1 failed, 0 skipped'; exit 1" });
  expect(lastLine(output)).toBe("4 passed, 2 failed, 0 skipped");
  expect(code).toBe(1);
});

test("a stage that fails although its closing line counts no failure is counted", async () => {
  const { code, output } = await runCi({ verify: "echo '5 passed, 0 failed, 0 skipped'; exit 1" });
  expect(lastLine(output)).toBe("8 passed, 1 failed, 0 skipped");
  expect(code).toBe(1);
});

test("something skipped fails CI", async () => {
  const { code, output } = await runCi({ verify: "echo '5 passed, 0 failed, 2 skipped'" });
  expect(lastLine(output)).toBe("8 passed, 0 failed, 2 skipped");
  expect(code).toBe(1);
});
