import { loadTimes } from "../load-shapes.js";
import { type CompareAndSwapInput } from "../probes/cache-compare-and-swap.js";
import { type HotKeyInput } from "../probes/cache-hot-key.js";
import { runProbe } from "../probe-process.js";
import { measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import { dropInOn, type CacheRun } from "./part.js";
import { storeName, storeTitles, type StoreName } from "./stores.js";

const clients = 64;
const portable = ["memory", "sqlite", "redis", "daprd"] as const satisfies StoreName[];

/** Many clients that increment one key, against as many that read, add and write back until nobody else was first. */
export async function measureHotKey(run: CacheRun): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const store of portable) {
    const op = `INCR of one key by ${clients} clients, ${storeTitles[store]}`;
    run.report(op);
    const load = { inFlight: clients, ...loadTimes };
    const ours: HotKeyInput = { ...run.stores.redis, clients, load };
    const peer: CompareAndSwapInput = { store: storeName, clients, load };
    const rounds = await measureRounds(
      {
        ours: async () => runProbe<"ops">("cache-hot-key", await dropInOn(run, store, ours)),
        peer: async () => runProbe<"ops">("cache-compare-and-swap", await dropInOn(run, store, peer)),
      },
      run.pairs,
    );
    const peerName = "compare-and-swap, again at once";
    rows.push(
      ...compare(rounds, { op, ours: "ours", peer: "peer", peerName, metrics: ["ops"], goals: { ops: ">=50" } }),
    );
  }
  return rows;
}
