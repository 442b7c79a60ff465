import { join } from "node:path";
import { freePortFamily } from "@mecha/engines";
import { root } from "../../../tools/workspace.js";
import { type LoadFigures } from "../probes/measure-load.js";
import { type RpcConsumerInput } from "../probes/rpc-consumer.js";
import { runProbe, startProbe } from "../probe-process.js";
import { type Figures, measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import { componentFolders, ourPlace } from "./our-environment.js";
import { concurrencies, loadTimes } from "../load-shapes.js";
import { type PartRun } from "./part.js";

/** sofa-rpc-node names no host when it listens; no measurement may listen on other interfaces. */
const loopbackOnly = join(root, "tools/demo/loopback-only.cjs");

/** The sofa-rpc-node drop-in between two processes against the original over Bolt. */
export async function measureRpc(run: PartRun): Promise<readonly Row[]> {
  const peerName = `${await run.installed.originalName("sofa-rpc-node")} over Bolt`;
  const rows: Row[] = [];
  for (const { inFlight, words } of concurrencies) {
    const op = `invoke between two processes, ${words}`;
    run.report(op);
    const load = { inFlight, ...loadTimes };
    const sides = { ours: () => callOurs(run, load), peer: () => callOriginal(run, load) };
    const rounds = await measureRounds(sides, run.pairs);
    rows.push(...compare(rounds, { op, ours: "ours", peer: "peer", peerName, metrics: ["ops", "cpu", "p50"] }));
  }
  return rows;
}

type Load = RpcConsumerInput["load"];

async function callOurs(run: PartRun, load: Load): Promise<Figures<keyof LoadFigures>> {
  const { folder, env } = await ourPlace(run, componentFolders.laptop);
  return call(run.installed.ours, folder, load, (appId) => ({ ...env, APP_ID: appId }));
}

async function callOriginal({ installed }: PartRun, load: Load): Promise<Figures<keyof LoadFigures>> {
  return call(installed.originals, installed.folder, load, () => ({ NODE_OPTIONS: `--require "${loopbackOnly}"` }));
}

async function call(
  installation: string,
  folder: string,
  load: Load,
  envOf: (appId: string) => Readonly<Record<string, string>>,
): Promise<Figures<keyof LoadFigures>> {
  const input: RpcConsumerInput = { port: await freePortFamily([0]), load };
  await using _provider = await startProbe("rpc-provider", { installation, folder, input, env: envOf("inventory") });
  return await runProbe<keyof LoadFigures>("rpc-consumer", { installation, folder, input, env: envOf("orders") });
}
