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

/** Runs one suite, its output passed through, and gives what it came to. */
function runSuite(file: string): Promise<Counts> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, MECHA_LONG_TESTS: "1" };
    const child = spawn(join(root, "node_modules/.bin/vitest"), ["run", file], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      const counts = readClosingLine(output);
      resolve(code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 });
    });
  });
}

interface Plan {
  readonly suites: readonly string[];
  /** No suite starts after so many minutes. */
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
  all.push(await runSuite(suite));
  console.log(`${(elapsed() - begin).toFixed(2)} min  ${suite}`);
}
const total = sumCounts(all);
console.log(`\n${all.length} of ${suites.length} long suites ran\n${closingLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
