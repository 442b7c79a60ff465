import type { DaprRpc } from "@mecha/conformance";
import type { RpcEvidence } from "./evidence.js";

/** What became of an RPC on an engine. */
type RpcStatus = "pass" | "refused" | "missing";

/** The engines that are asked. */
export const engines = ["embedded", "daprd"] as const;

/** The name of an engine that is asked. */
export type EngineName = (typeof engines)[number];

/** What the tests say of one RPC. */
export interface RpcReport {
  readonly name: string;
  /** The operation of a facade that made the call in a test, for example `state.get`; several are joined. */
  readonly facade: string;
  readonly embedded: RpcStatus;
  readonly daprd: RpcStatus;
  /** Why it is not `pass` everywhere: the engine's own words, or what the tests lack. */
  readonly reason: string;
}

/** What `npm run coverage:api -- --json` prints. */
export interface CoverageReport {
  /** The version of Dapr whose RPCs are counted. */
  readonly dapr: string;
  /** How many RPCs there are. */
  readonly of: number;
  /** How many were called through a facade. */
  readonly facades: number;
  readonly rpcs: readonly RpcReport[];
}

/** What one engine's tests got back of an RPC, without what is only needed while they run; plain JSON. */
export interface RpcFinding {
  readonly replied: boolean;
  readonly refusal?: string;
  readonly operations: readonly string[];
  readonly unnoticed: readonly string[];
}

/** What was found on one engine. */
export interface EngineFindings {
  /** By the RPC's path. */
  readonly rpcs: Readonly<Record<string, RpcFinding>>;
  /** Tests that failed, with why. */
  readonly failures: readonly string[];
}

/** Everything that was found; an engine that this machine lacks is absent. */
export type Findings = Partial<Record<EngineName, EngineFindings>>;

/** The JSON of evidence. */
export function findingOf({ witnesses, refusal, operations, unnoticed }: RpcEvidence): RpcFinding {
  const found = { replied: witnesses.length > 0, operations: [...operations], unnoticed };
  return refusal === undefined ? found : { ...found, refusal };
}

/** Makes the report of what was found. */
export function reportOf(
  dapr: string,
  methods: Readonly<Record<DaprRpc, { readonly path: string }>>,
  findings: Findings,
): CoverageReport {
  const rpcs = Object.values(methods).map(({ path }) => rpcReport(path, findings));
  return { dapr, of: rpcs.length, facades: rpcs.filter(({ facade }) => facade !== "").length, rpcs };
}

/** What keeps the report from being complete, one sentence each; empty when it is. */
export function shortcomings({ rpcs }: CoverageReport, findings: Findings): string[] {
  const failures = engines.flatMap((engine) => [
    ...(findings[engine] === undefined ? [`${engine} was not measured`] : []),
    ...(findings[engine]?.failures ?? []).map((failure) => `${engine}: a test fails: ${failure}`),
  ]);
  const gaps = rpcs.flatMap(({ name, facade, reason, ...statuses }) => [
    ...(facade === "" ? [`${name} has no facade`] : []),
    ...(engines.some((engine) => statuses[engine] === "missing") ? [`${name}: ${reason}`] : []),
  ]);
  return [...failures, ...gaps];
}

function rpcReport(path: string, findings: Findings): RpcReport {
  const found = engines.map((engine) => judge(findings[engine]?.rpcs[path]));
  const operations = new Set(engines.flatMap((engine) => findings[engine]?.rpcs[path]?.operations ?? []));
  const reasons = engines.flatMap((engine, index) => {
    const reason = found[index]?.reason ?? "";
    return reason === "" ? [] : [`${engine}: ${reason}`];
  });
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    facade: [...operations].sort().join(", "),
    embedded: found[0]?.status ?? "missing",
    daprd: found[1]?.status ?? "missing",
    reason: reasons.join("; "),
  };
}

function judge(finding: RpcFinding | undefined): { readonly status: RpcStatus; readonly reason: string } {
  if (finding === undefined) return { status: "missing", reason: "no test that passes calls it" };
  const { replied, refusal, unnoticed } = finding;
  if (unnoticed.length > 0) {
    const what = unnoticed.map((reply) => (reply === "empty" ? "an empty reply" : "an error")).join(" and ");
    return { status: "missing", reason: `no test notices ${what}` };
  }
  if (replied) return { status: "pass", reason: "" };
  if (refusal !== undefined) return { status: "refused", reason: refusal };
  return { status: "missing", reason: "no test that passes got a reply" };
}
