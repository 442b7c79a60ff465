import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildAll } from "./build/build.js";
import { closingLine, type Counts, readClosingLine, sumCounts } from "./closing-line.js";
import { packAll } from "./pack/pack-all.js";
import { type CommandResult, tryCommand } from "./run-command.js";
import { root } from "./workspace.js";

/** What a check came to, and what to print where it failed. */
interface Outcome {
  readonly counts: Counts;
  readonly output: string;
}

function binary(name: string): string {
  return join(root, "node_modules/.bin", name);
}

function asOneCheck({ code, output }: Pick<CommandResult, "code" | "output">): Outcome {
  const counts = code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  return { counts, output };
}

/** A check that is one command of a development dependency. */
function command(name: string, ...args: string[]): () => Promise<Outcome> {
  // The lint with type information holds the program of all packages: close to Node's usual 4 GB.
  const env = { FORCE_COLOR: "0", NODE_OPTIONS: "--max-old-space-size=8192" };
  return async () => asOneCheck(await tryCommand(binary(name), args, { env }));
}

async function runTests(): Promise<Outcome> {
  const { code, output } = await tryCommand(binary("vitest"), ["run"], { timeoutMs: 3_000_000 });
  const counts = readClosingLine(output);
  return { counts: code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 }, output };
}

async function build(): Promise<Outcome> {
  await buildAll({ clean: true });
  return asOneCheck({ code: 0, output: "" });
}

/** Both checks on what users install, not on what stands in the workspace. */
async function checkPackages(): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "mecha-verify-"));
  try {
    const outcomes: Outcome[] = [];
    for (const { name, file } of await packAll(folder)) {
      const results = await Promise.all([
        tryCommand(binary("publint"), ["run", file, "--strict"]),
        tryCommand(binary("attw"), [file, "--profile", "node16", "--no-emoji"]),
      ]);
      for (const { code, output } of results) outcomes.push(asOneCheck({ code, output: `${name}\n${output}` }));
    }
    const failures = outcomes.filter(({ counts }) => counts.failed > 0);
    return {
      counts: sumCounts(outcomes.map(({ counts }) => counts)),
      output: failures.map(({ output }) => output).join("\n"),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In the order in which a developer wants to hear of a mistake. */
const checks: Readonly<Record<string, () => Promise<Outcome>>> = {
  format: command("biome", "format", "."),
  types: command("tsc", "-p", "tsconfig.check.json"),
  lint: command("eslint", "."),
  tests: runTests,
  build,
  packages: checkPackages,
  unused: command("knip", "--no-config-hints"),
  docs: command("typedoc", "--logLevel", "Warn"),
};

async function runCheck(name: string, check: () => Promise<Outcome>): Promise<Counts> {
  const start = performance.now();
  const outcome = await check().catch((error: unknown) => asOneCheck({ code: 1, output: String(error) }));
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  const failed = outcome.counts.failed > 0;
  console.log(`${failed ? "FAILED" : "ok    "} ${seconds} s  ${name}`);
  if (failed) console.log(outcome.output);
  return outcome.counts;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function chosenChecks(): string[] {
  const names = Object.keys(checks);
  const { values } = parseArgs({
    options: { only: { type: "string", multiple: true }, skip: { type: "string", multiple: true } },
  });
  const unknown = [...(values.only ?? []), ...(values.skip ?? [])].filter((name) => !names.includes(name));
  if (unknown.length > 0) fail(`There is no check ${unknown.join(", ")}; there are ${names.join(", ")}.`);
  return names.filter((name) => (values.only?.includes(name) ?? true) && !values.skip?.includes(name));
}

const all: Counts[] = [];
for (const name of chosenChecks()) {
  const check = checks[name];
  if (check) all.push(await runCheck(name, check));
}
const total = sumCounts(all);
console.log(`\n${closingLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
