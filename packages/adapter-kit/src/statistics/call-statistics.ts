import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { appIdFrom } from "@mecha/sdk-core";
import { LatencyHistogram, type HistogramBuckets } from "./latency-histogram.js";

/** What calls are counted by. */
export interface CallTarget {
  readonly adapter: "cache" | "mq" | "config" | "rpc";
  /** Name of the component, or of the app for RPC. */
  readonly component: string;
  /** For example `state.redis`; `invocation` for RPC. */
  readonly type: string;
  /** What the component talks to. */
  readonly backend: string;
}

/** Counts the calls to one target. */
export interface CallCounter {
  /** Counts one call. `durationUs` is in microseconds. */
  record(operation: string, durationUs: number): void;
}

/** The calls to one target, as they are written to disk. */
export interface CallRecord extends CallTarget {
  readonly operations: Readonly<Record<string, number>>;
  readonly latency: HistogramBuckets;
}

/** What one process writes. */
export interface CallReport {
  readonly formatVersion: 1;
  readonly appId: string;
  readonly pid: number;
  readonly calls: readonly CallRecord[];
}

/** ESM, CJS and nested copies of this package count into one table. */
const tableKey = Symbol.for("mecha.call-statistics/1");

/** How often a process that calls writes its report, in milliseconds. */
const writeEveryMs = 250;

interface TargetStatistics {
  readonly target: CallTarget;
  readonly operations: Map<string, { count: number }>;
  readonly latency: LatencyHistogram;
}

interface StatisticsTable {
  readonly targets: Map<string, TargetStatistics>;
  counts: boolean;
  changed: boolean;
}

/**
 * The counter of a target; `undefined` where calls are not counted, so that nobody pays for figures that nobody reads. They
 * are counted if `MECHA_CALL_REPORTS` names a folder: there the process writes a file of its own, `<app id>-<pid>-….json`
 * ({@link CallReport}), a few times a second and at exit; and from {@link countCalls} on.
 */
export function callCounter(target: CallTarget): CallCounter | undefined {
  const table = statisticsTable();
  if (!table.counts) return undefined;
  const key = [target.adapter, target.component, target.type].join("\0");
  let statistics = table.targets.get(key);
  if (statistics === undefined) {
    statistics = { target, operations: new Map(), latency: new LatencyHistogram() };
    table.targets.set(key, statistics);
  }
  const { operations, latency } = statistics;
  return {
    record(operation, durationUs) {
      const counted = operations.get(operation);
      if (counted === undefined) operations.set(operation, { count: 1 });
      else counted.count++;
      latency.record(durationUs);
      table.changed = true;
    },
  };
}

/** Counts the calls of clients that are made from now on, for {@link callReport}. */
export function countCalls(): void {
  statisticsTable().counts = true;
}

/** What this process has counted so far; nothing unless calls are counted ({@link callCounter}). */
export function callReport(): CallReport {
  const calls = [...statisticsTable().targets.values()].map(({ target, operations, latency }) => ({
    ...target,
    operations: Object.fromEntries(Array.from(operations, ([name, { count }]) => [name, count])),
    latency: latency.toJSON(),
  }));
  return { formatVersion: 1, appId: appIdFrom(), pid: process.pid, calls };
}

function statisticsTable(): StatisticsTable {
  const holder = globalThis as Record<symbol, unknown>;
  const found = holder[tableKey] as StatisticsTable | undefined;
  if (found !== undefined) return found;
  const folder = process.env["MECHA_CALL_REPORTS"] ?? "";
  const table: StatisticsTable = { targets: new Map(), counts: folder !== "", changed: false };
  Object.defineProperty(holder, tableKey, { value: table });
  if (table.counts) writeReports(folder, table);
  return table;
}

function writeReports(folder: string, table: StatisticsTable): void {
  // In containers every process has the same id, and threads share it: a restarted process must not replace what it counted before.
  const suffix = `${String(process.pid)}-${String(threadId)}-${Math.floor(performance.timeOrigin).toString(36)}`;
  const file = join(folder, `${encodeURIComponent(appIdFrom())}-${suffix}.json`);
  // Counting must not end an app that works; what is missing in the report is said once.
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      clearInterval(timer);
      process.off("exit", write);
      process.emitWarning(`Calls are no longer reported to ${file}: ${String(error)}`, "MechaWarning");
    }
  };
  const write = (): void => {
    if (!table.changed) return;
    table.changed = false;
    attempt(() => {
      // By rename, so that no reader sees half a report.
      writeFileSync(`${file}.new`, JSON.stringify(callReport()));
      renameSync(`${file}.new`, file);
    });
  };
  const timer = setInterval(write, writeEveryMs).unref();
  process.on("exit", write);
  attempt(() => mkdirSync(folder, { recursive: true }));
}
