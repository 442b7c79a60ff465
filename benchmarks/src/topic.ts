import { type Row } from "./row.js";

/** What a topic is run with. */
interface TopicRun {
  /** Rounds in which ours and the peer are measured. */
  readonly pairs: number;
  /** Names of the parts to run; all if empty. */
  readonly parts: readonly string[];
  /** Takes progress, a line each. */
  readonly report: (line: string) => void;
}

/** Things that are measured together. */
export interface Topic {
  /** What `--help` says of it. */
  readonly summary: string;
  /** What `--only` takes. */
  readonly parts: readonly string[];
  run(options: TopicRun): Promise<readonly Row[]>;
}
