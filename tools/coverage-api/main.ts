import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { daprVersion } from "@mecha/engines";
import { daprMethods } from "@mecha/sdk-core/protocol";
import { componentPage, pageFile } from "./component-page.js";
import { type ComponentRow, rowsByType } from "./component-rows.js";
import { findComponentRows } from "./component-suites.js";
import { findingsVariable, mutateVariable } from "./environment.js";
import { type EngineFindings, type EngineName, engines, type Findings, reportOf, shortcomings } from "./report.js";
import { runVitest } from "./run-vitest.js";
import { tableOf } from "./table.js";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    mutate: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

const { findings, suites } = await findOut(values.mutate);
const components = rowsByType([...suites, ...engines.flatMap((engine) => findings[engine]?.components ?? [])]);
const report = reportOf(daprVersion, daprMethods, findings, components);
process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : tableOf(report));
if (values.write) await writeFile(pageFile, componentPage(components));
const lacks = [...shortcomings(report, findings), ...(await stalePage())];
process.stderr.write(lacks.map((lack) => `${lack}\n`).join(""));
process.exitCode = lacks.length === 0 ? 0 : 1;

/** Runs the suite of the API on each engine, and those of the components. */
async function findOut(mutate: boolean): Promise<{ findings: Findings; suites: readonly ComponentRow[] }> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-coverage-api-"));
  try {
    await runVitest(["run", "--config", join(import.meta.dirname, "vitest.config.ts")], {
      [findingsVariable]: folder,
      [mutateVariable]: mutate ? "1" : "",
    });
    const found = await Promise.all(engines.map(async (engine) => [engine, await readFindings(folder, engine)]));
    const findings = Object.fromEntries(found.filter(([, finding]) => finding !== undefined)) as Findings;
    return { findings, suites: await findComponentRows(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What was found on an engine; undefined if this machine lacks it, or the run broke. */
async function readFindings(folder: string, engine: EngineName): Promise<EngineFindings | undefined> {
  const text = await readFile(join(folder, `${engine}.json`), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as EngineFindings);
}

async function stalePage(): Promise<string[]> {
  const page = await readFile(pageFile, "utf8").catch(() => "");
  if (page === componentPage(components)) return [];
  return ["docs/reference/component-suites.md is not what was found: npm run coverage:api -- --write"];
}
