import { refuseMissing, type Server } from "./refuse-missing.js";
import { type Row } from "./row.js";
import type { Topic } from "./topic.js";

/** What every part of every topic is told. */
export interface MeasuredWith {
  readonly pairs: number;
  readonly report: (line: string) => void;
}

/** Measures one thing. */
type Part<Run extends MeasuredWith> = (run: Run) => Promise<readonly Row[]>;

/** A topic whose parts share what they measure with. */
interface TopicOfParts<Run extends MeasuredWith> {
  /** What `--help` says of it. */
  readonly summary: string;
  /** Servers that the machine must have. */
  readonly needs: readonly Server[];
  /** What is measured, by the names that `--only` takes. */
  readonly parts: Readonly<Record<string, Part<Run>>>;
  /** Sets up what the parts share, hands it to `measure`, and takes it down when that is done. */
  readonly around: (
    report: MeasuredWith["report"],
    measure: (shared: Omit<Run, keyof MeasuredWith>) => Promise<readonly Row[]>,
  ) => Promise<readonly Row[]>;
}

/** Makes a topic that runs the wanted parts, all if none is named, in their order. */
export function topicOf<Run extends MeasuredWith>({ summary, needs, parts, around }: TopicOfParts<Run>): Topic {
  return {
    summary,
    parts: Object.keys(parts),
    async run({ pairs, parts: wanted, report }) {
      refuseMissing(...needs);
      return around(report, async (shared) => {
        // What is shared is all of a run but for what every part is told.
        const run = { ...shared, pairs, report } as Run;
        const rows: Row[] = [];
        for (const [name, measure] of Object.entries(parts)) {
          if (wanted.length === 0 || wanted.includes(name)) rows.push(...(await measure(run)));
        }
        return rows;
      });
    },
  };
}
