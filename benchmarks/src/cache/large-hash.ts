import { loadTimes } from "../load-shapes.js";
import { type LargeHashInput } from "../probes/cache-large-hash.js";
import { type LoadFigures } from "../probes/measure-load.js";
import { runProbe } from "../probe-process.js";
import { measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import { dropInOn, type CacheRun } from "./part.js";
import { storeTitles, type StoreName } from "./stores.js";

const stores = ["memory", "sqlite", "redis"] as const satisfies StoreName[];
const [large, small] = [100_000, 10];

/** What a field costs in a large hash, against one in a small hash. */
export async function measureLargeHash(run: CacheRun): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const store of stores) {
    const op = `HSET into ${large} fields, ${storeTitles[store]}`;
    run.report(op);
    const into = (fields: number) => async () => {
      const input: LargeHashInput = { ...run.stores.redis, fields, load: { inFlight: 1, ...loadTimes } };
      return runProbe<keyof LoadFigures>("cache-large-hash", await dropInOn(run, store, input));
    };
    const rounds = await measureRounds({ large: into(large), small: into(small) }, run.pairs);
    const goals = { cpu: "<=3", p50: "<=3" } as const;
    const peerName = `HSET into ${small} fields`;
    rows.push(
      ...compare(rounds, { op, ours: "large", peer: "small", peerName, metrics: ["ops", "cpu", "p50"], goals }),
    );
  }
  return rows;
}
