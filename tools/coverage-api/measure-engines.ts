import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { daprApiSuite, type DaprApiRun, type DaprApiTarget } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { daprdRun } from "../../packages/conformance/test/daprd/daprd-run.js";
import { openDaprdTarget } from "../../packages/conformance/test/daprd/daprd-target.js";
import { embeddedRun, openEmbeddedTarget } from "../../packages/runtime/test/dapr-api-endpoint.js";
import { findingsVariable, mutateVariable } from "./environment.js";
import { measure } from "./measure.js";
import { type EngineFindings, type EngineName, findingOf } from "./report.js";

// Not a test of its own: `main.ts` runs it under vitest, which the suite's assertions need.

const timeoutMs = 1_200_000;

it("embedded", { timeout: timeoutMs }, () =>
  measureEngine("embedded", () => openEmbeddedTarget(({ transport }) => ({ transport })), embeddedRun),
);

describeWith(["daprd", "redis", "placement", "scheduler"], "with its services", (on) => {
  let opened = 0;
  // Placement and scheduler outlive a sidecar: what they know of one shall not reach the next.
  const open = (): Promise<DaprApiTarget> => openDaprdTarget(on, `suite-app-${String(++opened)}`);
  it("daprd", { timeout: timeoutMs }, () => measureEngine("daprd", open, daprdRun));
});

async function measureEngine(name: EngineName, open: () => Promise<DaprApiTarget>, run: DaprApiRun): Promise<void> {
  const { evidence, failures } = await measure({
    expect,
    declare: (test, openObserved) => daprApiSuite(test, openObserved, run),
    open,
    mutate: process.env[mutateVariable] === "1",
    progress: (text) => void process.stderr.write(`${name}: ${text}\n`),
  });
  const rpcs = Object.fromEntries([...evidence].map(([path, found]) => [path, findingOf(found)]));
  const findings: EngineFindings = { rpcs, failures };
  await writeFile(join(process.env[findingsVariable] ?? "", `${name}.json`), JSON.stringify(findings));
}
