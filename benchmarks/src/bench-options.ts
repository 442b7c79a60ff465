import { parseArgs } from "node:util";
import { type Topic } from "./topic.js";

/** What `npm run bench` was asked for. */
export interface BenchOptions {
  readonly topic: string;
  /** One JSON document on standard output, progress on standard error. */
  readonly json: boolean;
  readonly pairs: number;
  /** Parts of the topic; empty for all. */
  readonly parts: readonly string[];
}

/** Options that cannot be understood. */
export class UsageError extends Error {}

/** What `--help` prints. */
export function usageOf(topics: Readonly<Record<string, Topic>>): string {
  const lines = Object.entries(topics).map(
    ([name, { summary, parts }]) => `  ${name.padEnd(10)}${summary}; parts: ${parts.join(", ")}`,
  );
  return `npm run bench -- <topic> [options]

Measures Mecha against the original clients, in fresh processes that take turns.

Topics:
${lines.join("\n")}

  --pairs n       rounds in which each side is measured once, at least 3 for figures to be told (default 3)
  --only a,b      only these parts of the topic
  --json          one JSON document on standard output
  --help          this text

The exit code is 0 if every goal is met, 1 if one is missed or the run failed, 2 for wrong options.`;
}

/**
 * Reads the command line.
 *
 * @returns the options, or `"help"`
 * @throws UsageError that names what is wrong and, for an unknown topic or part, those that exist
 */
export function readOptions(args: readonly string[], topics: Readonly<Record<string, Topic>>): BenchOptions | "help" {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const [name, ...rest] = positionals;
  const known = Object.keys(topics).join(", ");
  if (name === undefined) throw new UsageError(`a topic is expected: ${known}`);
  if (rest.length > 0) throw new UsageError(`one topic is expected, not ${positionals.join(", ")}`);
  const topic = topics[name];
  if (!topic) throw new UsageError(`there is no topic ${name}: ${known}`);
  const parts = values.only?.split(",") ?? [];
  const unknown = parts.filter((part) => !topic.parts.includes(part));
  if (unknown.length > 0) throw new UsageError(`--only ${unknown.join(",")}: ${name} has ${topic.parts.join(", ")}`);
  const pairs = Number(values.pairs ?? 3);
  if (!Number.isInteger(pairs) || pairs < 1)
    throw new UsageError(`--pairs ${String(values.pairs)}: a number from 1 is expected`);
  return { topic: name, json: values.json === true, pairs, parts };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean" },
        pairs: { type: "string" },
        only: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
