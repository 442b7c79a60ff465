import type { ClientCallsInput } from "../client-probes/client-calls.js";
import type { SideName } from "../client-probes/sides.js";
import { concurrencies, loadTimes } from "../load-shapes.js";
import type { LoadFigures } from "../probes/measure-load.js";
import { runProbe } from "../probe-process.js";
import { type Figures, measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import type { PartRun } from "./part.js";

type Operation = ClientCallsInput["operation"];

const rawName = "raw grpc-js stub";
const bareName = "own transport without facades";
const metrics = ["cpu", "ops", "p50"] as const;

/**
 * Single calls: the facades against a raw stub of grpc-js, against what they send their messages by, and against the peer over both of its
 * protocols.
 */
export async function measureCalls(run: PartRun): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const operation of ["get", "save", "publish", "invoke"] as const) {
    for (const { inFlight, words } of concurrencies) {
      const what = `${descriptions[operation]}, ${words}`;
      run.report(what);
      const measure = (side: SideName) => () => callsOf(run, side, operation, inFlight);
      const sides = {
        ours: measure("mecha"),
        raw: measure("raw stub"),
        bare: measure("bare transport"),
        grpc: measure("dapr gRPC"),
        http: measure("dapr HTTP"),
      };
      const rounds = await measureRounds(sides, run.pairs);
      const { peerName } = run.installed;
      rows.push(
        ...compare(rounds, {
          op: what,
          ours: "ours",
          peer: "raw",
          peerName: rawName,
          metrics,
          goals: { cpu: "<=1.1" },
        }),
        ...compare(rounds, { op: what, ours: "ours", peer: "bare", peerName: bareName, metrics }),
        ...compare(rounds, {
          op: what,
          ours: "ours",
          peer: "grpc",
          peerName: `${peerName} over gRPC`,
          metrics,
          goals: { cpu: "<=0.55" },
        }),
        ...compare(rounds, { op: what, ours: "ours", peer: "http", peerName: `${peerName} over HTTP`, metrics }),
      );
    }
  }
  return rows;
}

const descriptions: Readonly<Record<Operation, string>> = {
  get: "get state of 1 KB",
  save: "save state of 1 KB",
  publish: "publish 1 KB",
  invoke: "invoke with 1 KB",
};

/** Concurrent calls of one tick as one: the facades with `coalesce` against a raw stub. */
export async function measureCoalesced(run: PartRun): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const operation of ["get", "save"] as const) {
    const op = `${descriptions[operation]}, 64 in flight, coalesced`;
    run.report(op);
    const sides = {
      ours: () => callsOf(run, "mecha coalesced", operation, 64),
      raw: () => callsOf(run, "raw stub", operation, 64),
    };
    const rounds = await measureRounds(sides, run.pairs);
    const goals = operation === "get" ? ({ cpu: "<=0.13", ops: ">=7" } as const) : {};
    rows.push(...compare(rounds, { op, ours: "ours", peer: "raw", peerName: rawName, metrics, goals }));
  }
  return rows;
}

function callsOf(
  { installed, sidecars }: PartRun,
  side: SideName,
  operation: Operation,
  inFlight: number,
): Promise<Figures<keyof LoadFigures>> {
  const installation = side.startsWith("dapr") ? installed.peer : installed.ours;
  const load = { inFlight, ...loadTimes };
  const input: ClientCallsInput = { side, operation, target: sidecars.target, load };
  return runProbe("client-calls", { installation, folder: installed.folder, input, env: {} });
}
