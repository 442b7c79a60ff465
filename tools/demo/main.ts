import { type DemoOptions, readOptions, usage, UsageError } from "./demo-options.js";
import { formatReport } from "./print-report.js";
import { runDemo } from "./run-demo.js";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: DemoOptions | "help";
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  return run(options);
}

async function run(options: DemoOptions): Promise<number> {
  const progress = options.json ? process.stderr : process.stdout;
  try {
    const report = await runDemo(options, { report: (line) => void progress.write(`${line}\n`) });
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${formatReport(report)}\n`);
    return report.ok ? 0 : 1;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify({ on: options.on, ok: false, error: message })}\n`);
    return 1;
  }
}
