import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./testing/process-and-folder.js";

const script = join(import.meta.dirname, "install.ts");

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** Runs the command where no command is on the PATH and nothing is installed. */
function installOnBareMachine(installed: string, ...args: string[]): Outcome {
  const env = { ...process.env, PATH: installed, MECHA_ENGINES_INSTALLED: join(installed, "engines") };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
    env,
    encoding: "utf8",
    timeout: 20_000,
  });
  return { status, output: stdout + stderr };
}

test("--check lists what is missing with where it comes from, and changes nothing", () => {
  using folder = temporaryFolder();
  const { status, output } = installOnBareMachine(folder.path, "--check");
  expect(output).toContain("RocketMQ 5.5.0 (jars from Maven, 102 MB)");
  expect(output).toContain("redis-server, java, cc, javac, mvn, go, python3");
  expect(output).toContain("Dapr 1.18.2 (daprd, placement and scheduler in one binary");
  expect(status).toBe(1);
  expect(existsSync(join(folder.path, "engines"))).toBe(false);
});

test("without a terminal and without --yes it installs nothing and says so", () => {
  using folder = temporaryFolder();
  const { status, output } = installOnBareMachine(folder.path);
  expect(output).toContain("give --yes");
  expect(status).toBe(1);
  expect(existsSync(join(folder.path, "engines"))).toBe(false);
});

test("--yes without apt, Maven, Go and a compiler names each, and ends with an error code", () => {
  using folder = temporaryFolder();
  const { status, output } = installOnBareMachine(folder.path, "--yes");
  expect(output).toContain(
    "there is no apt-get; install redis-server, java, cc, javac, mvn, go, python3 as this system does",
  );
  expect(output).toMatch(/Nacos 2\.3\.2: failed after \d+ s: mvn is not on the PATH/u);
  expect(output).toMatch(/Dapr 1\.18\.2: failed after \d+ s: go is not on the PATH/u);
  expect(output).toContain("Still missing:");
  expect(status).toBe(1);
});

test("an unknown option is refused with the usage", () => {
  using folder = temporaryFolder();
  const { status, output } = installOnBareMachine(folder.path, "--everything");
  expect(output).toContain("engines:install -- [--yes] [--check]");
  expect(status).toBe(2);
});
