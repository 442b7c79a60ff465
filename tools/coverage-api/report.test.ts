import { daprMethods } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { type EngineName, engines, type Findings, reportOf, type RpcFinding, shortcomings } from "./report.js";

const replied: RpcFinding = { replied: true, operations: ["facade.used"], unnoticed: [] };
const refusedWith = (status: number): RpcFinding => ({
  ...replied,
  replied: false,
  refusal: { status, message: "not here" },
});

/** Findings in which all RPCs were answered on all engines, but for one. */
function findingsWith(rpc: keyof typeof daprMethods, odd: Partial<Record<EngineName, RpcFinding>>): Findings {
  const paths = Object.values(daprMethods).map(({ path }) => [path, replied] as const);
  return Object.fromEntries(
    engines.map((engine) => {
      const rpcs = { ...Object.fromEntries(paths), [daprMethods[rpc].path]: odd[engine] ?? replied };
      return [engine, { rpcs, failures: [], components: [] }];
    }),
  );
}

/** The line of one RPC, and what is said to lack, apart from components. */
function reported(rpc: keyof typeof daprMethods, odd: Partial<Record<EngineName, RpcFinding>>) {
  const findings = findingsWith(rpc, odd);
  const report = reportOf("1", daprMethods, findings);
  const path = daprMethods[rpc].path;
  return {
    line: report.rpcs.find(({ name }) => path.endsWith(`/${name}`)),
    lacks: shortcomings(report, findings).filter((lack) => !/did not run \w+Suite/.test(lack)),
  };
}

test("what daprd refuses with the same status is refused, and lacks nothing", () => {
  const everywhere = Object.fromEntries(engines.map((engine) => [engine, refusedWith(13)]));
  const { line, lacks } = reported("queryStateAlpha1", everywhere);
  expect(line).toMatchObject({ embedded: "refused", mechaRun: "refused", daprd: "refused" });
  expect(line?.reason).toBe("embedded, encoded, mechaRun, daprd: not here");
  expect(lacks).toEqual([]);
});

test("what daprd refuses with another status is missing", () => {
  const { line, lacks } = reported("queryStateAlpha1", { mechaRun: refusedWith(12), daprd: refusedWith(13) });
  expect(line).toMatchObject({ embedded: "pass", mechaRun: "missing", daprd: "refused" });
  expect(lacks).toEqual([expect.stringContaining("refused with status 12, by daprd with 13")]);
});

test("what daprd answers and another engine refuses is missing", () => {
  const { line, lacks } = reported("getState", { mechaRun: refusedWith(12) });
  expect(line).toMatchObject({ mechaRun: "missing", daprd: "pass" });
  expect(lacks).toEqual(["GetState: mechaRun: not here"]);
});

test("workflows are missing until they are built, which the report does not hold against it", () => {
  const ours = { embedded: refusedWith(12), encoded: refusedWith(12), mechaRun: refusedWith(12) };
  const { line, lacks } = reported("startWorkflowBeta1", ours);
  expect(line).toMatchObject({ embedded: "missing", encoded: "missing", mechaRun: "missing", daprd: "pass" });
  expect(lacks).toEqual([]);
  expect(reported("startWorkflowBeta1", { daprd: refusedWith(12) }).line).toMatchObject({ daprd: "refused" });
});

test("an outcome that changes with every message encoded and frozen is named", () => {
  const { lacks } = reported("getState", { encoded: refusedWith(13), daprd: refusedWith(13) });
  expect(lacks).toContain("GetState: another outcome with every message encoded and frozen");
});

test("mutations are counted, and those that no test noticed are named", () => {
  const findings = findingsWith("getState", { embedded: { ...replied, unnoticed: ["empty"] } });
  const mutated = {
    ...findings,
    embedded: { rpcs: {}, failures: [], components: [], ...findings.embedded, mutations: 7 },
  };
  expect(reportOf("1", daprMethods, mutated).mutations).toEqual({
    embedded: { tried: 7, unnoticed: ["GetState: empty"] },
  });
});
