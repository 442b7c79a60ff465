import { join } from "node:path";
import { startRedis } from "@mecha/engines";
import { runProbe } from "../probe-process.js";
import { type Figures, measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import type { RuntimeLoadFigures, RuntimeLoadInput } from "../runtime-probes/runtime-load.js";
import { type PartRun, store } from "./part.js";
import { type Sidecar, startGoSidecar, startNodeSidecar } from "./sidecars.js";
import { writeStore } from "./write-store.js";

const load = { inFlight: 64, warmUpCpuMs: 2000, measureCpuMs: 2000, limitMs: 12_000 } as const;
const descriptions = { get: "get state of 1 KB", save: "save state of 1 KB" } as const;

/** What a call costs each sidecar, on the same Redis and from the same client. */
export async function measureSidecar(run: PartRun): Promise<readonly Row[]> {
  await using redis = await startRedis();
  const resources = await writeStore(join(run.installed.folder, "redis"), "state.redis", {
    redisHost: redis.address,
    redisPassword: "",
  });
  const rows: Row[] = [];
  for (const operation of ["get", "save"] as const) {
    const op = `${descriptions[operation]} from Redis over gRPC, 64 in flight, by CPU time of the sidecar`;
    run.report(op);
    const measure = (start: typeof startGoSidecar) => async () => {
      await using sidecar = await start(run.installed, resources);
      return await loadOf(run, sidecar, operation);
    };
    const rounds = await measureRounds({ ours: measure(startNodeSidecar), peer: measure(startGoSidecar) }, run.pairs);
    rows.push(
      ...compare(rounds, {
        op,
        ours: "ours",
        peer: "peer",
        peerName: "daprd",
        metrics: ["ops", "cpu"],
        goals: { ops: ">=0.5" },
      }),
    );
  }
  return rows;
}

function loadOf(
  { installed }: PartRun,
  { pid, grpcPort }: Sidecar,
  operation: RuntimeLoadInput["operation"],
): Promise<Figures<keyof RuntimeLoadFigures>> {
  const input: RuntimeLoadInput = { operation, grpcPort, store, pid, ...load };
  return runProbe("runtime-load", { installation: installed.ours, folder: installed.folder, input, env: {} });
}
