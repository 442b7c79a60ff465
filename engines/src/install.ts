import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { withLock } from "../../tools/lock.js";
import { engineNames } from "./engine.js";
import type { InstallStep } from "./install-step.js";
import { pendingSteps } from "./install-steps.js";

/** Another run may be building everything from nothing. */
const patienceMs = 1_500_000;

const usage = "npm run engines:install -- [--yes] [--check]";

function describeStep({ title, detail, obstacle }: InstallStep): string {
  return `  ${title} (${detail})${obstacle === undefined ? "" : `\n    not by this command: ${obstacle}`}`;
}

async function agree(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error("Nobody is there to be asked: give --yes to install.");
    return false;
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/iu.test((await prompt.question("Install now? [y/N] ")).trim());
  } finally {
    prompt.close();
  }
}

/** Runs one step and tells how it went; a failure is told, too, so that the others still get their turn. */
async function attempt(step: InstallStep): Promise<void> {
  const start = performance.now();
  const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  console.log(`${step.title}: started`);
  try {
    await step.run((progress) => console.log(`${step.title}: ${seconds()}, ${progress}`));
    console.log(`${step.title}: done in ${seconds()}`);
  } catch (error) {
    console.error(
      `${step.title}: failed after ${seconds()}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Runs steps one after the other, but for those that may run beside the later ones. */
async function installAll(): Promise<void> {
  const beside: Promise<void>[] = [];
  // Asked again under the lock: another run may have installed some of it meanwhile.
  for (const step of pendingSteps()) {
    if (step.obstacle !== undefined) continue;
    const attempted = attempt(step);
    if (step.beside) beside.push(attempted);
    else await attempted;
  }
  await Promise.all(beside);
}

/** Lists what is missing, asks, installs. Gives the exit code: 0 when nothing is missing in the end. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { yes: { type: "boolean" }, check: { type: "boolean" } } });
  const missing = pendingSteps();
  if (missing.length === 0) {
    console.log(`All engines can be started (${engineNames.join(", ")}): nothing is missing.`);
    return 0;
  }
  console.log(["Missing for the engines:", ...missing.map(describeStep)].join("\n"));
  if (values.check || (!values.yes && !(await agree()))) return 1;
  await withLock("engines-install", installAll, { patienceMs });
  const left = pendingSteps();
  console.log(left.length === 0 ? "Nothing is missing now." : `Still missing:\n${left.map(describeStep).join("\n")}`);
  return left.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
