import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closingLine, type Counts, readClosingLine, sumCounts } from "./closing-line.js";
import { shuffle } from "./shuffle.js";
import { listPackages, root } from "./workspace.js";

const usage = "npm run test:long -- [--slice <minutes>] [--seed <number>] [--list]";

/** The long suites: every `x.long.test.ts`, relative to the root. */
function listSuites(): readonly string[] {
  const folders = [...listPackages().flatMap(({ folder }) => [`${folder}/src`, `${folder}/test`]), "tools"];
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => file.endsWith(".long.test.ts"))
    .sort();
}

/** How long a suite that is under way when the time of a slice is over may still take, in minutes. */
const graceMinutes = 2;

/**
 * Runs one suite, its output passed through, and gives what it came to. In a slice it is cut when the time is over, which is no failure;
 * so that none is lost by that, it ends at its first failure there.
 *
 * @param minutes - how long it may take
 */
function runSuite(file: string, minutes: number): Promise<Counts> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, MECHA_LONG_TESTS: "1" };
    const inSlice = Number.isFinite(minutes);
    const child = spawn(join(root, "node_modules/.bin/vitest"), ["run", file, ...(inSlice ? ["--bail", "1"] : [])], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "inherit"],
      // A group of its own, so that a suite is cut together with the servers that it started.
      detached: inSlice,
    });
    let isCut = false;
    const cut = (): void => {
      if (child.pid === undefined) return;
      isCut = true;
      process.kill(-child.pid, "SIGKILL");
    };
    const timer = inSlice ? setTimeout(cut, minutes * 60_000) : undefined;
    const stop = (): never => {
      cut();
      process.exit(1);
    };
    if (inSlice) for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      process.off("SIGINT", stop).off("SIGTERM", stop);
      if (isCut) {
        console.log(`cut after ${minutes.toFixed(2)} minutes, as the time of the slice is over: nothing had failed`);
        resolve({ passed: 0, failed: 0, skipped: 0 });
        return;
      }
      const counts = readClosingLine(output);
      resolve(code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 });
    });
  });
}

interface Plan {
  readonly suites: readonly string[];
  /** No suite starts after so many minutes; one that is under way then has {@link graceMinutes} more. */
  readonly minutes: number;
}

function readPlan(): Plan {
  const { values } = parseArgs({
    options: { slice: { type: "string" }, seed: { type: "string" }, list: { type: "boolean" } },
  });
  const suites = listSuites();
  if (values.list) {
    console.log([usage, ...suites].join("\n"));
    return { suites: [], minutes: 0 };
  }
  if (values.slice === undefined) return { suites, minutes: Infinity };
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
  console.log(`A slice of ${values.slice} minutes, in the order of --seed ${seed}`);
  return { suites: shuffle(suites, seed), minutes: Number(values.slice) };
}

const { suites, minutes } = readPlan();
const start = performance.now();
const elapsed = (): number => (performance.now() - start) / 60_000;
const all: Counts[] = [];
for (const suite of suites) {
  if (elapsed() >= minutes) break;
  const begin = elapsed();
  console.log(`\n${suite}`);
  all.push(await runSuite(suite, minutes + graceMinutes - begin));
  console.log(`${(elapsed() - begin).toFixed(2)} min  ${suite}`);
}
const total = sumCounts(all);
console.log(`\n${all.length} of ${suites.length} long suites ran\n${closingLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
