import { type CacheInput } from "../probes/cache.js";
import { type LoadFigures } from "../probes/measure-load.js";
import { runProbe } from "../probe-process.js";
import { measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import { writeMemoryComponents } from "./memory-components.js";
import { componentFolders, ourPlace } from "./our-environment.js";
import { concurrencies, loadTimes } from "../load-shapes.js";
import { type PartRun } from "./part.js";

const valueBytes = 1024;
const metrics = ["ops", "cpu", "p50"] as const satisfies (keyof LoadFigures)[];

/** The ioredis drop-in on three stores against plain ioredis on Redis, each with the whole life of a process to itself. */
export async function measureCache(run: PartRun): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const command of ["GET", "SET"] as const) {
    for (const { inFlight, words } of concurrencies) {
      const op = `${command} 1 KB, ${words}`;
      run.report(op);
      rows.push(...(await measureCommand(run, op, inputOf(run, command, inFlight))));
    }
  }
  return rows;
}

function inputOf({ servers }: PartRun, command: CacheInput["command"], inFlight: number): CacheInput {
  const [host = "", port] = servers.redis.split(":");
  return { host, port: Number(port), command, valueBytes, load: { inFlight, ...loadTimes } };
}

async function measureCommand(run: PartRun, op: string, input: CacheInput): Promise<readonly Row[]> {
  const { installed, pairs } = run;
  const memory = await writeMemoryComponents(installed.folder);
  const dropIn = (components: string) => async () =>
    runProbe<keyof LoadFigures>("cache", { installation: installed.ours, input, ...(await ourPlace(run, components)) });
  const rounds = await measureRounds(
    {
      native: dropIn(componentFolders.openSource),
      original: () =>
        runProbe<keyof LoadFigures>("cache", {
          installation: installed.originals,
          folder: installed.folder,
          input,
          env: {},
        }),
      sqlite: dropIn(componentFolders.laptop),
      memory: dropIn(memory),
    },
    pairs,
  );
  const peerName = `${await installed.originalName("ioredis")} on Redis`;
  const against = (ours: "native" | "sqlite" | "memory", on: string) =>
    compare(rounds, { op: `${op}, on ${on}`, ours, peer: "original", peerName, metrics });
  return [
    ...against("native", "state.redis"),
    ...against("sqlite", "state.sqlite"),
    ...against("memory", "state.in-memory"),
  ];
}
