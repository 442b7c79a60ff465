import { workflowRpcs, type DaprRpc } from "@mecha/conformance";
import { type ComponentRow, componentShortcomings } from "./component-rows.js";
import type { RpcEvidence } from "./evidence.js";
import type { Refusal } from "./rpc-log.js";

/** What became of an RPC on an engine. */
type RpcStatus = "pass" | "refused" | "missing";

/**
 * The engines that are asked: the embedded runtime in-process, the same with every message encoded, decoded and frozen on its way, the
 * Node sidecar over gRPC, and daprd.
 */
export const engines = ["embedded", "encoded", "mechaRun", "daprd"] as const;

/** The name of an engine that is asked. */
export type EngineName = (typeof engines)[number];

/** RPCs that our engines have not got yet, which is no failure of the report: the one list of the suite. */
const awaited: ReadonlySet<string> = new Set(workflowRpcs.map((rpc) => rpc.toLowerCase()));

/** What the tests say of one RPC. */
export interface RpcReport extends Readonly<Record<EngineName, RpcStatus>> {
  readonly name: string;
  /** The operation of a facade that made the call in a test, for example `state.get`; several are joined. */
  readonly facade: string;
  /** Why it is not `pass` everywhere: the engine's own words, or what the tests lack. */
  readonly reason: string;
}

/** What became of the replies that were replaced on one engine. */
interface MutationReport {
  readonly tried: number;
  /** What no test noticed, such as `GetState: empty`. */
  readonly unnoticed: readonly string[];
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
  /** By engine; empty without `--mutate`. */
  readonly mutations: Partial<Record<EngineName, MutationReport>>;
  /** Which suites each component ran, and against what. */
  readonly components: readonly ComponentRow[];
}

/** What one engine's tests got back of an RPC, without what is only needed while they run; plain JSON. */
export interface RpcFinding {
  readonly replied: boolean;
  readonly refusal?: Refusal;
  readonly operations: readonly string[];
  readonly unnoticed: readonly string[];
}

/** What was found on one engine. */
export interface EngineFindings {
  /** By the RPC's path. */
  readonly rpcs: Readonly<Record<string, RpcFinding>>;
  /** Tests that failed, with why. */
  readonly failures: readonly string[];
  /** How many replies were replaced, if they were. */
  readonly mutations?: number;
  /** The components that the suite ran on. */
  readonly components: readonly ComponentRow[];
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
  components: readonly ComponentRow[] = [],
): CoverageReport {
  const rpcs = Object.values(methods).map(({ path }) => rpcReport(path, findings));
  const facades = rpcs.filter(({ facade }) => facade !== "").length;
  return { dapr, of: rpcs.length, facades, rpcs, mutations: mutationsOf(findings), components };
}

/** What keeps the report from being complete, one sentence each; empty when it is. */
export function shortcomings({ rpcs, components }: CoverageReport, findings: Findings): string[] {
  const failures = engines.flatMap((engine) => [
    ...(findings[engine] === undefined ? [`${engine} was not measured`] : []),
    ...(findings[engine]?.failures ?? []).map((failure) => `${engine}: a test fails: ${failure}`),
  ]);
  const gaps = rpcs.flatMap((rpc) => [
    ...(rpc.facade === "" ? [`${rpc.name} has no facade`] : []),
    ...(lacking(rpc).some((engine) => rpc[engine] === "missing") ? [`${rpc.name}: ${rpc.reason}`] : []),
    ...(rpc.embedded === rpc.encoded ? [] : [`${rpc.name}: another outcome with every message encoded and frozen`]),
  ]);
  return [...failures, ...gaps, ...componentShortcomings(components)];
}

/** The engines that shall have an RPC. */
function lacking({ name }: RpcReport): readonly EngineName[] {
  return awaited.has(name.toLowerCase()) ? ["daprd"] : engines;
}

function mutationsOf(findings: Findings): CoverageReport["mutations"] {
  const reports = engines.flatMap((engine) => {
    const found = findings[engine];
    if (found?.mutations === undefined) return [];
    const unnoticed = Object.entries(found.rpcs).flatMap(([path, rpc]) =>
      rpc.unnoticed.map((reply) => `${nameOf(path)}: ${reply}`),
    );
    return [[engine, { tried: found.mutations, unnoticed }] as const];
  });
  return Object.fromEntries(reports);
}

function rpcReport(path: string, findings: Findings): RpcReport {
  const judged = engines.map((engine) => {
    const theirs = engine === "daprd" ? undefined : findings.daprd?.rpcs[path];
    return [engine, judge(findings[engine]?.rpcs[path], theirs)] as const;
  });
  const operations = new Set(engines.flatMap((engine) => findings[engine]?.rpcs[path]?.operations ?? []));
  // Each reason once, after all engines that give it.
  const reasons = new Map<string, string[]>();
  for (const [engine, { reason }] of judged) {
    if (reason !== "") reasons.set(reason, [...(reasons.get(reason) ?? []), engine]);
  }
  const statuses = Object.fromEntries(judged.map(([engine, { status }]) => [engine, status]));
  return {
    name: nameOf(path),
    facade: [...operations].sort().join(", "),
    // Every engine is among those judged.
    ...(statuses as Record<EngineName, RpcStatus>),
    reason: [...reasons].map(([reason, names]) => `${names.join(", ")}: ${reason}`).join("; "),
  };
}

function judge(
  finding: RpcFinding | undefined,
  theirs: RpcFinding | undefined,
): { readonly status: RpcStatus; readonly reason: string } {
  if (finding === undefined) return { status: "missing", reason: "no test that passes calls it" };
  const { replied, refusal, unnoticed } = finding;
  if (unnoticed.length > 0) {
    const what = unnoticed.map((reply) => (reply === "empty" ? "an empty reply" : "an error")).join(" and ");
    return { status: "missing", reason: `no test notices ${what}` };
  }
  if (replied) return { status: "pass", reason: "" };
  if (refusal === undefined) return { status: "missing", reason: "no test that passes got a reply" };
  if (theirs?.replied === true) return { status: "missing", reason: refusal.message };
  const status = String(theirs?.refusal?.status ?? refusal.status);
  if (status === String(refusal.status)) return { status: "refused", reason: refusal.message };
  return {
    status: "missing",
    reason: `refused with status ${String(refusal.status)}, by daprd with ${status}: ${refusal.message}`,
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
