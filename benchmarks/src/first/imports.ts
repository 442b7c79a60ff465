import { type ClientName } from "../installed.js";
import { type ImportInput } from "../probes/import-time.js";
import { runProbe } from "../probe-process.js";
import { measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import { type PartRun } from "./part.js";

const clients = ["ioredis", "nacos", "ali-ons", "sofa-rpc-node"] as const satisfies ClientName[];

/** How long `require` of each drop-in takes, against its original. */
export async function measureImports({ installed, pairs, report }: PartRun): Promise<readonly Row[]> {
  report("imports");
  const rows: Row[] = [];
  for (const client of clients) {
    const input: ImportInput = { client };
    const load = (installation: string) => () =>
      runProbe<"ms">("import-time", { installation, folder: installed.folder, input, env: {} });
    const rounds = await measureRounds({ ours: load(installed.ours), peer: load(installed.originals) }, pairs);
    const peerName = await installed.originalName(client);
    rows.push(
      ...compare(rounds, { op: `require("${client}")`, ours: "ours", peer: "peer", peerName, metrics: ["ms"] }),
    );
  }
  return rows;
}
