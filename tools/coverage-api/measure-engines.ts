import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { daprApiSuite, type DaprApiRun, type DaprApiTarget, suiteRun } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { daprMethods } from "@mecha/sdk-core/protocol";
import { expect, it } from "vitest";
import { openMechaRunTarget } from "../../packages/cli/test/mecha-run-target.js";
import { daprdRun } from "../../packages/conformance/test/daprd/daprd-run.js";
import { openDaprdTarget } from "../../packages/conformance/test/daprd/daprd-target.js";
import { openEmbeddedTarget } from "../../packages/runtime/test/dapr-api-endpoint.js";
import { encodingTransport } from "../../packages/runtime/test/encoding-transport.js";
import { apiSuiteRows } from "./api-suite-rows.js";
import { findingsVariable, mutateVariable } from "./environment.js";
import { measure } from "./measure.js";
import { type EngineFindings, type EngineName, findingOf } from "./report.js";

// Not a test of its own: `main.ts` runs it under vitest, which the suite's assertions need.

const timeoutMs = 1_200_000;

/** Replies are replaced between tests and transport: two engines prove the tests, and that they hold on daprd too. */
const mutated: readonly EngineName[] = ["embedded", "daprd"];

it("embedded", { timeout: timeoutMs }, () =>
  measureEngine("embedded", () => openEmbeddedTarget(({ transport }) => ({ transport })), suiteRun),
);

it("encoded", { timeout: timeoutMs }, () => {
  const open = () => openEmbeddedTarget(({ transport }) => ({ transport: encodingTransport(transport) }));
  return measureEngine("encoded", open, suiteRun);
});

it("mecha run", { timeout: timeoutMs }, () => measureEngine("mechaRun", () => openMechaRunTarget(), suiteRun));

describeWith(["daprd", "redis", "placement", "scheduler"], "with its services", (on) => {
  let opened = 0;
  // Placement and scheduler outlive a sidecar: what they know of one shall not reach the next.
  const open = (): Promise<DaprApiTarget> => openDaprdTarget(on, `suite-app-${String(++opened)}`);
  it("daprd", { timeout: timeoutMs }, () => measureEngine("daprd", open, daprdRun));
});

async function measureEngine(name: EngineName, open: () => Promise<DaprApiTarget>, run: DaprApiRun): Promise<void> {
  const types = new Map<string, string>();
  const { evidence, passed, failures, mutations } = await measure({
    expect,
    declare: (test, openObserved) => daprApiSuite(test, openObserved, run),
    async open() {
      const target = await open();
      const { registeredComponents } = await target.transport.unary(daprMethods.getMetadata, {});
      for (const component of registeredComponents) types.set(component.name, component.type);
      return target;
    },
    mutate: process.env[mutateVariable] === "1" && mutated.includes(name),
    progress: (text) => void process.stderr.write(`${name}: ${text}\n`),
  });
  const failed = failures.map(({ title }) => title);
  const findings: EngineFindings = {
    rpcs: Object.fromEntries([...evidence].map(([path, found]) => [path, findingOf(found)])),
    failures: failures.map(({ title, message }) => `${title}: ${message}`),
    components: name === "daprd" ? [] : apiSuiteRows(name, { types, components: run.components, passed, failed }),
    ...(mutations !== undefined && { mutations }),
  };
  await writeFile(join(process.env[findingsVariable] ?? "", `${name}.json`), JSON.stringify(findings));
}
