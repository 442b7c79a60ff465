import { type Row } from "./row.js";

/** What every part of every topic is told. */
export interface MeasuredWith {
  readonly pairs: number;
  readonly report: (line: string) => void;
}

/** Measures one thing. */
export type Part<Run extends MeasuredWith> = (run: Run) => Promise<readonly Row[]>;

/** Runs the wanted parts of a topic, all if none is named, in their order. */
export async function runParts<Run extends MeasuredWith>(
  parts: Readonly<Record<string, Part<Run>>>,
  wanted: readonly string[],
  run: Run,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted.length === 0 || wanted.includes(name)) rows.push(...(await measure(run)));
  }
  return rows;
}
