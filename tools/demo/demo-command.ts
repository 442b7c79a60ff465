import { type DemoOptions, readOptions, usage, UsageError } from "./demo-options.js";
import { formatReport } from "./print-report.js";
import { type DemoHooks, runDemo } from "./run-demo.js";

/** Where the command writes. */
export interface Output {
  /** Standard output. */
  readonly out: (text: string) => void;
  /** Standard error. */
  readonly err: (text: string) => void;
}

/**
 * `npm run demo`.
 *
 * @param hooks - what tests do to the run
 * @returns the exit code: 0 if every check holds, 1 if one does not or the run failed, 2 for wrong options
 */
export async function demoCommand(
  args: readonly string[],
  output: Output,
  hooks: Omit<DemoHooks, "report"> = {},
): Promise<number> {
  let options: DemoOptions | "help";
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.err(`${error.message}\n\n${usage}\n`);
    return 2;
  }
  if (options === "help") {
    output.out(`${usage}\n`);
    return 0;
  }
  return run(options, output, hooks);
}

async function run(options: DemoOptions, { out, err }: Output, hooks: Omit<DemoHooks, "report">): Promise<number> {
  const progress = options.json ? err : out;
  try {
    const report = await runDemo(options, {
      ...hooks,
      report: (line) => {
        progress(`${line}\n`);
      },
    });
    out(options.json ? `${JSON.stringify(report)}\n` : `${formatReport(report)}\n`);
    return report.ok ? 0 : 1;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    err(`${message}\n`);
    if (options.json) out(`${JSON.stringify({ on: options.on, ok: false, error: message })}\n`);
    return 1;
  }
}
