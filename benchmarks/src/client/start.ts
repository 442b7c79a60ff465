import type { ClientStartInput } from "../client-probes/client-start.js";
import { runProbe } from "../probe-process.js";
import { type Figures, measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import type { PartRun } from "./part.js";

/** From the start of the process to the first answered call, in time and in memory, above what Node alone takes. */
export async function measureStart(run: PartRun): Promise<readonly Row[]> {
  const { installed, pairs, report } = run;
  const op = "import to first answered get, above bare Node";
  report(op);
  const rounds = await measureRounds(
    {
      ours: () => startOf(run, installed.ours, "mecha"),
      peer: () => startOf(run, installed.peer, "dapr HTTP"),
      bare: () => startOf(run, installed.ours, "bare Node"),
    },
    pairs,
  );
  const above = rounds.map(({ ours, peer, bare }) => ({ ours: less(ours, bare), peer: less(peer, bare) }));
  const { peerName } = installed;
  return [
    ...compare(above, {
      op,
      ours: "ours",
      peer: "peer",
      peerName: `${peerName} over HTTP`,
      metrics: ["ms"],
      goals: { ms: "<=0.3" },
    }),
    ...compare(above, {
      op: "memory after the first get, above bare Node",
      ours: "ours",
      peer: "peer",
      peerName: `${peerName} over HTTP`,
      metrics: ["bytes"],
    }),
  ];
}

type StartFigures = Figures<"ms" | "bytes">;

function less(figures: StartFigures, bare: StartFigures): StartFigures {
  return { ms: figures.ms - bare.ms, bytes: figures.bytes - bare.bytes };
}

function startOf(
  { installed, sidecars }: PartRun,
  installation: string,
  side: ClientStartInput["side"],
): Promise<StartFigures> {
  const input: ClientStartInput = { side, target: sidecars.target };
  return runProbe("client-start", { installation, folder: installed.folder, input, env: {} });
}
