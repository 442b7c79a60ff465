import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CallRecord, type CallReport, LatencyHistogram } from "@mecha/adapter-kit";

/** The calls of all processes to one component. */
export interface CallSummary {
  readonly adapter: string;
  readonly component: string;
  readonly type: string;
  readonly backend: string;
  readonly count: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** Calls with their counts by operation, which the checks compare with counts of the backends' own. */
export interface CountedCalls extends CallSummary {
  readonly operations: Readonly<Record<string, number>>;
}

/** Adds up what the processes of a run counted. */
export async function readCallReports(folder: string): Promise<readonly CountedCalls[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  const reports = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as CallReport),
  );
  const byTarget = groupBy(
    reports.flatMap(({ calls }) => calls),
    ({ adapter, component, type }) => `${adapter} ${component} ${type}`,
  );
  return [...byTarget.values()].map(addUp).sort((a, b) => a.adapter.localeCompare(b.adapter));
}

function addUp([first, ...others]: readonly [CallRecord, ...CallRecord[]]): CountedCalls {
  const latency = new LatencyHistogram();
  const operations: Record<string, number> = {};
  for (const record of [first, ...others]) {
    latency.add(record.latency);
    for (const [name, count] of Object.entries(record.operations)) operations[name] = (operations[name] ?? 0) + count;
  }
  const { adapter, component, type, backend } = first;
  const count = Object.values(operations).reduce((sum, each) => sum + each, 0);
  return {
    adapter,
    component,
    type,
    backend,
    count,
    p50Us: latency.percentile(0.5),
    p99Us: latency.percentile(0.99),
    operations,
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
