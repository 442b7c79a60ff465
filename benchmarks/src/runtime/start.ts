import { readFile } from "node:fs/promises";
import { runProbe } from "../probe-process.js";
import { type Figures, measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import type { RuntimeStartInput } from "../runtime-probes/runtime-start.js";
import { type PartRun, store } from "./part.js";
import { startGoSidecar } from "./sidecars.js";

type StartFigures = Figures<"ms" | "bytes">;

/** What the in-process door may take, with Node itself. */
const memoryGoalBytes = 60 * 1024 * 1024;

/** Time and memory of a start: the embedded runtime up to its first answered call, and daprd until it is healthy. */
export async function measureStart(run: PartRun): Promise<readonly Row[]> {
  const op = "start to first answered get, above bare Node, against start to healthy";
  run.report(op);
  const sides = {
    first: () => startOf(run, "first call"),
    bare: () => startOf(run, "bare Node"),
    daprd: () => startOfDaprd(run),
    goal: () => Promise.resolve({ ms: 0, bytes: memoryGoalBytes }),
  };
  const rounds = await measureRounds(sides, run.pairs);
  const above = rounds.map(({ first, bare, daprd }) => ({
    ours: { ms: first.ms - bare.ms },
    daprd: { ms: daprd.ms },
  }));
  return [
    ...compare(above, { op, ours: "ours", peer: "daprd", peerName: "daprd", metrics: ["ms"], goals: { ms: "<=1" } }),
    ...compare(rounds, {
      op: "memory after the start, in-process door, with Node",
      ours: "first",
      peer: "goal",
      peerName: "the goal of 60 MB",
      metrics: ["bytes"],
      goals: { bytes: "<=1" },
    }),
    ...(await measureDoors(run)),
  ];
}

/** The doors of a sidecar, each alone, against the sidecar. */
async function measureDoors(run: PartRun): Promise<readonly Row[]> {
  run.report("memory of the other doors");
  const sides = {
    grpc: () => startOf(run, "gRPC door"),
    http: () => startOf(run, "HTTP door"),
    daprd: () => startOfDaprd(run),
  };
  const rounds = await measureRounds(sides, run.pairs);
  const doors = { grpc: "gRPC door", http: "HTTP door" } as const;
  return (["grpc", "http"] as const).flatMap((ours) =>
    compare(rounds, {
      op: `memory after the start, ${doors[ours]}, with Node`,
      ours,
      peer: "daprd",
      peerName: "daprd",
      metrics: ["bytes"],
    }),
  );
}

function startOf({ installed, memory }: PartRun, what: RuntimeStartInput["what"]): Promise<StartFigures> {
  const input: RuntimeStartInput = { what, resources: memory, store };
  return runProbe("runtime-start", { installation: installed.ours, folder: installed.folder, input, env: {} });
}

async function startOfDaprd({ installed, memory }: PartRun): Promise<StartFigures> {
  await using daprd = await startGoSidecar(installed, memory);
  const status = await readFile(`/proc/${String(daprd.pid)}/status`, "utf8");
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]);
  return { ms: daprd.startMs, bytes: kilobytes * 1024 };
}
