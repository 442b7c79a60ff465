import { type Goal } from "../goal.js";
import { loadTimes } from "../load-shapes.js";
import { type CacheCommand, type CacheLoadInput } from "../probes/cache-load.js";
import { type LoadFigures } from "../probes/measure-load.js";
import { runProbe } from "../probe-process.js";
import { measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import { dropInOn, type CacheRun } from "./part.js";
import { storeNames, storeTitles, type StoreName } from "./stores.js";

const metrics = ["ops", "cpu", "p50"] as const satisfies (keyof LoadFigures)[];

type Goals = Partial<Record<keyof LoadFigures, Goal>>;

/** How commands are sent, and what must be reached against plain ioredis on Redis. */
interface Shape {
  readonly words: string;
  readonly inFlight: number;
  readonly pipeline: number;
  readonly goals: Partial<Record<StoreName, Goals>>;
}

const native: Goals = { ops: ">=0.95", cpu: "<=1.25", p50: "<=1.15" };

const shapes: readonly Shape[] = [
  {
    words: "one at a time",
    inFlight: 1,
    pipeline: 1,
    goals: { native, memory: { ops: ">=4", cpu: "<=0.6" } },
  },
  {
    words: "64 in flight",
    inFlight: 64,
    pipeline: 1,
    goals: { native, memory: { ops: ">=1.5", cpu: "<=0.6" } },
  },
  { words: "pipelines of 100", inFlight: 1, pipeline: 100, goals: { native } },
];

/** One command, in all shapes, by the drop-in on every store against the original on Redis. */
export function measureCommand(command: CacheCommand): (run: CacheRun) => Promise<readonly Row[]> {
  return async (run) => {
    const rows: Row[] = [];
    for (const shape of shapes) rows.push(...(await measureShape(run, command, shape)));
    return rows;
  };
}

async function measureShape(
  run: CacheRun,
  command: CacheCommand,
  { words, inFlight, pipeline, goals }: Shape,
): Promise<readonly Row[]> {
  const { installed, stores, pairs, report } = run;
  const op = `${command.toUpperCase()}, ${words}`;
  report(op);
  const { host, port } = stores.redis;
  const input: CacheLoadInput = { host, port, command, pipeline, load: { inFlight, ...loadTimes } };
  const on = (store: StoreName) => async () =>
    runProbe<keyof LoadFigures>("cache-load", await dropInOn(run, store, input));
  const { originals: installation, folder } = installed;
  const rounds = await measureRounds(
    {
      native: on("native"),
      original: () => runProbe<keyof LoadFigures>("cache-load", { installation, folder, input, env: {} }),
      memory: on("memory"),
      sqlite: on("sqlite"),
      redis: on("redis"),
      daprd: on("daprd"),
    },
    pairs,
  );
  const peerName = `${await installed.originalName("ioredis")} on Redis`;
  return storeNames.flatMap((store) =>
    compare(rounds, {
      op: `${op}, ${storeTitles[store]}`,
      ours: store,
      peer: "original",
      peerName,
      metrics,
      ...(goals[store] && { goals: goals[store] }),
    }),
  );
}
