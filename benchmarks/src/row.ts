import { type Goal, meets } from "./goal.js";
import { type Round } from "./rounds.js";
import { median, medianRatio, threeDigits } from "./statistics.js";

/**
 * What is measured: `ops` per second, `cpu` in µs of the client process an operation, `p50` in µs, `ms`, `bytes`.
 */
export type Metric = "cpu" | "ops" | "p50" | "ms" | "bytes";

/** One comparison: what Mecha takes, what the original takes. */
export interface Row {
  readonly op: string;
  readonly metric: Metric;
  /** Median over the rounds, as is `peer`. */
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  /** Median of ours / peer over the rounds; not the ratio of the two medians beside it. */
  readonly ratio: number;
  /** null where the row is measured only, and so is `met`. */
  readonly goal: Goal | null;
  readonly met: boolean | null;
}

/** Which sides of the rounds a row compares, and under which names. */
export interface Comparison<Side extends string, Measured extends Metric> {
  readonly op: string;
  readonly ours: Side;
  readonly peer: Side;
  readonly peerName: string;
  readonly metrics: readonly Measured[];
  /** For one metric; the others are measured only. */
  readonly goals?: Partial<Record<Measured, Goal>>;
}

/** One row a metric. */
export function compare<Side extends string, Measured extends Metric>(
  rounds: readonly Round<Side, Measured>[],
  { op, ours, peer, peerName, metrics, goals }: Comparison<Side, Measured>,
): readonly Row[] {
  return metrics.map((metric) => {
    const pairs = rounds.map((round) => ({ ours: round[ours][metric], peer: round[peer][metric] }));
    const ratio = medianRatio(pairs);
    const goal = goals?.[metric] ?? null;
    return {
      op,
      metric,
      ours: threeDigits(median(pairs.map((pair) => pair.ours))),
      peer: threeDigits(median(pairs.map((pair) => pair.peer))),
      peerName,
      ratio: threeDigits(ratio),
      goal,
      met: goal === null ? null : meets(ratio, goal),
    };
  });
}
