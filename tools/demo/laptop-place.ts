import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../workspace.js";
import { atLeast, type Check, equal } from "./check.js";
import { countOf, type CountedRun, type Place } from "./place.js";
import { openReadOnly } from "./sqlite-file.js";

/** This machine alone: nothing is started, the backends are files in the folder where the app runs. */
export function openLaptop(components = join(root, "components/laptop")): Place {
  return {
    components,
    env: {},
    beforeRun: () => Promise.resolve(),
    countChecks: async (run) => [...rowChecks(run), ...(await fileChecks(run))],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The files are read with the project's SQLite library, past everything that the adapters use. */
function rowChecks({ folder, calls, driven, killed }: CountedRun): readonly Check[] {
  const compare = killed ? atLeast : equal;
  const events = openReadOnly(join(folder, ".mecha/events.db"));
  const cache = openReadOnly(join(folder, ".mecha/cache.db"));
  try {
    const messages = events.count("SELECT count(*) AS n FROM messages");
    const attempts = events.count("SELECT coalesce(sum(attempts), 0) AS n FROM deliveries");
    const unfinished = events.count("SELECT count(*) AS n FROM deliveries WHERE state <> 'done'");
    const orders = cache.count("SELECT count(*) AS n FROM state WHERE key LIKE '%order:%'");
    const sends = countOf(calls, "mq", (name) => name === "send");
    return [
      compare("messages sent: rows in SQLite and calls", messages, sends),
      // Each delivery is handed to the adapter, which counts those that pass the tag filter.
      atLeast(
        "messages delivered: attempts in SQLite and calls",
        attempts,
        countOf(calls, "mq", (name) => name === "deliver"),
      ),
      equal("messages unfinished: rows in SQLite", unfinished, 0),
      atLeast("orders in the cache: rows in SQLite", orders, driven.orders.total),
      atLeast("calls of the cache: at least one a row", countOf(calls, "cache"), orders),
    ];
  } finally {
    events.close();
    cache.close();
  }
}

async function fileChecks({ folder, calls }: CountedRun): Promise<readonly Check[]> {
  const settings = join(folder, ".mecha/settings");
  const published = countOf(calls, "config", (name) => name === "create");
  const names = (await readdir(settings, { recursive: true })).filter((name) => name.endsWith("orders.price-rules"));
  const rules = names[0] === undefined ? "" : await readFile(join(settings, names[0]), "utf8");
  return [
    equal("price rules: files written", names.length, 1),
    equal("price rules: revision in the file", String(revisionOf(rules)), "2"),
    // The driver publishes both revisions; the app itself publishes what it starts with.
    atLeast("price rules: published through the adapter", published, 2),
  ];
}

function revisionOf(rules: string): unknown {
  return rules === "" ? undefined : (JSON.parse(rules) as { revision?: unknown }).revision;
}
