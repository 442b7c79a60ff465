import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { daprVersion } from "@mecha/engines";
import { daprMethods } from "@mecha/sdk-core/protocol";
import { root } from "../workspace.js";
import { findingsVariable, mutateVariable } from "./environment.js";
import { type EngineFindings, type EngineName, engines, type Findings, reportOf, shortcomings } from "./report.js";
import { tableOf } from "./table.js";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, mutate: { type: "boolean", default: false } },
});

const findings = await findOut(values.mutate);
const report = reportOf(daprVersion, daprMethods, findings);
process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : tableOf(report));
const lacks = shortcomings(report, findings);
process.stderr.write(lacks.map((lack) => `${lack}\n`).join(""));
process.exitCode = lacks.length === 0 ? 0 : 1;

/** Runs the suite on each engine under vitest, whose own output goes to stderr. */
async function findOut(mutate: boolean): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-coverage-api-"));
  try {
    const child = spawn(
      join(root, "node_modules/.bin/vitest"),
      ["run", "--config", join(import.meta.dirname, "vitest.config.ts")],
      {
        cwd: root,
        env: { ...process.env, [findingsVariable]: folder, [mutateVariable]: mutate ? "1" : "" },
        stdio: ["ignore", 2, 2],
      },
    );
    await once(child, "exit");
    const found = await Promise.all(engines.map(async (engine) => [engine, await readFindings(folder, engine)]));
    return Object.fromEntries(found.filter(([, finding]) => finding !== undefined)) as Findings;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What was found on an engine; undefined if this machine lacks it, or the run broke. */
async function readFindings(folder: string, engine: EngineName): Promise<EngineFindings | undefined> {
  const text = await readFile(join(folder, `${engine}.json`), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as EngineFindings);
}
