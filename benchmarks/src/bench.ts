import { readOptions, usageOf, UsageError } from "./bench-options.js";
import { formatTable } from "./format-table.js";
import { type Machine, thisMachine } from "./machine.js";
import { type Row } from "./row.js";
import { type Topic } from "./topic.js";

/** What `--json` prints: one document, nothing else. */
interface BenchDocument {
  readonly topic: string;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

/** Where the lines go. */
export interface Output {
  readonly out: (text: string) => void;
  /** Progress and errors. */
  readonly progress: (text: string) => void;
}

/**
 * Runs the command line.
 *
 * @returns the exit code: 0, 1 when a goal is missed or a topic failed, 2 for wrong options
 */
export async function bench(
  args: readonly string[],
  topics: Readonly<Record<string, Topic>>,
  { out, progress }: Output,
): Promise<number> {
  try {
    const options = readOptions(args, topics);
    if (options === "help") {
      out(`${usageOf(topics)}\n`);
      return 0;
    }
    const { topic, json, pairs, parts } = options;
    const rows = (await topics[topic]?.run({ pairs, parts, report: (line) => progress(`${line}\n`) })) ?? [];
    const document: BenchDocument = { topic, machine: thisMachine(), rows };
    out(json ? `${JSON.stringify(document)}\n` : `${describe(document, pairs)}\n`);
    return rows.some(({ met }) => met === false) ? 1 : 0;
  } catch (error) {
    progress(`${error instanceof Error ? error.message : String(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    progress(`\n${usageOf(topics)}\n`);
    return 2;
  }
}

function describe({ topic, machine, rows }: BenchDocument, pairs: number): string {
  const { node, cpu, cores, platform } = machine;
  const head = `${topic}: Node ${node}, ${cpu}, ${cores} cores, ${platform}; medians of ${pairs} rounds`;
  const units = "ops: a second; cpu: µs of the client process an operation; p50: µs; ratio: median of ours / peer";
  return `${head}\n${units}\n\n${formatTable(rows)}`;
}
