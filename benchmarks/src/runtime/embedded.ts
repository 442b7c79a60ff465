import { loadTimes, concurrencies } from "../load-shapes.js";
import type { LoadFigures } from "../probes/measure-load.js";
import { runProbe } from "../probe-process.js";
import { type Figures, measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import type { CallSide } from "../runtime-probes/call-sides.js";
import type { RuntimeCallsInput } from "../runtime-probes/runtime-calls.js";
import { type PartRun, store } from "./part.js";
import { startGoSidecar } from "./sidecars.js";

const metrics = ["cpu", "ops", "p50"] as const;
const descriptions = { get: "get state of 1 KB", save: "save state of 1 KB" } as const;

/** State in memory: the in-process door, and a facade on it, against a raw stub on a real sidecar. */
export async function measureEmbedded(run: PartRun): Promise<readonly Row[]> {
  await using daprd = await startGoSidecar(run.installed, run.memory);
  const rows: Row[] = [];
  for (const operation of ["get", "save"] as const) {
    for (const { inFlight, words } of concurrencies) {
      const what = `${descriptions[operation]} in memory, ${words}`;
      run.report(what);
      const measure = (side: CallSide) => () => callsOf(run, { side, operation, inFlight, grpcPort: daprd.grpcPort });
      const sides = { door: measure("in-process"), facade: measure("facade"), raw: measure("raw stub") };
      const rounds = await measureRounds(sides, run.pairs);
      const peer = { peer: "raw", peerName: "raw grpc-js stub on daprd", metrics } as const;
      rows.push(
        ...compare(rounds, { ...peer, op: `${what}, in-process door`, ours: "door", goals: goalsOf(inFlight) }),
        ...compare(rounds, { ...peer, op: `${what}, facade`, ours: "facade" }),
      );
    }
  }
  return rows;
}

/** The goal is for a call. Of many at once, grpc-js does much in one go, and the in-process door has nothing to put together. */
function goalsOf(inFlight: number): { readonly cpu?: "<=0.01" } {
  return inFlight === 1 ? { cpu: "<=0.01" } : {};
}

type What = Pick<RuntimeCallsInput, "side" | "operation" | "grpcPort"> & { readonly inFlight: number };

function callsOf({ installed, memory }: PartRun, { inFlight, ...what }: What): Promise<Figures<keyof LoadFigures>> {
  const input: RuntimeCallsInput = { ...what, resources: memory, store, load: { inFlight, ...loadTimes } };
  return runProbe("runtime-calls", { installation: installed.ours, folder: installed.folder, input, env: {} });
}
