import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { withLock } from "../../tools/lock.js";
import { daprBuild, daprdModule, type DaprBuild, type DaprMinor } from "./daprd-binary.js";
import { goCommand } from "./go-command.js";
import type { InstallStep } from "./install-step.js";

const buildTimeoutMs = 1_200_000;
const progressEveryMs = 10_000;
const shownLines = 40;

type Report = (progress: string) => void;

/** A module may ask for a newer Go than the installed one, also where the system's Go was set up not to fetch it. */
const goEnv = { CGO_ENABLED: "0", GOTOOLCHAIN: process.env["GOTOOLCHAIN"] ?? "auto", GOWORK: "off" };

/** Counts what `go build -v` says line by line: a module that it downloads, or a package that it compiles. */
class BuildProgress {
  #modules = 0;
  #packages = 0;
  readonly lastLines: string[] = [];

  add(line: string): void {
    if (line.startsWith("go: downloading ")) this.#modules += 1;
    else if (!line.includes(" ")) this.#packages += 1;
    this.lastLines.push(line);
    if (this.lastLines.length > shownLines) this.lastLines.shift();
  }

  toString(): string {
    return `${this.#modules} modules downloaded, ${this.#packages} packages compiled`;
  }
}

async function build(
  [command = "build", ...flags]: readonly string[],
  { go, output, report }: { readonly go: string; readonly output: string; readonly report: Report },
): Promise<void> {
  const child = spawn(go, [command, "-v", ...flags, "-o", output, "."], {
    cwd: daprdModule,
    env: { ...process.env, ...goEnv },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: buildTimeoutMs,
  });
  const progress = new BuildProgress();
  createInterface(child.stderr).on("line", (line) => {
    progress.add(line);
  });
  const timer = setInterval(() => {
    report(String(progress));
  }, progressEveryMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    if (code !== 0) throw new Error(`go build ended with ${String(code)}:\n${progress.lastLines.join("\n")}`);
  } finally {
    clearInterval(timer);
  }
}

/** The step that builds daprd, placement and scheduler. */
export function daprdStep({ version, args, binary }: DaprBuild): InstallStep {
  return {
    title: `Dapr ${version}`,
    detail:
      "daprd, placement and scheduler in one binary, built from Go modules, 260 MB, minutes of all cores the first time",
    beside: true,
    async run(report) {
      const go = await goCommand(report);
      await mkdir(dirname(binary), { recursive: true });
      // A name of its own and one rename, because another checkout may build into the same folder.
      const fresh = `${binary}.new-${process.pid}`;
      try {
        await build(args, { go, output: fresh, report });
        await rename(fresh, binary);
      } finally {
        await rm(fresh, { force: true });
      }
    },
  };
}

/**
 * Builds a minor version of Dapr where this machine does not have it yet: minutes of all cores the first time, and a
 * download of some 300 MB.
 *
 * @param minor - a version of `daprMinors`
 * @param report - told how far it has come
 */
export async function buildDapr(minor: DaprMinor, report: Report = () => undefined): Promise<void> {
  const build = daprBuild(minor);
  if (existsSync(build.binary)) return;
  await withLock(
    `engines-dapr-${minor}`,
    async () => {
      if (!existsSync(build.binary)) await daprdStep(build).run(report);
    },
    { patienceMs: buildTimeoutMs },
  );
}
