import type { ComponentLogger } from "@mecha/spec";

const levels = ["debug", "info", "warn", "error"] as const;

/** How much the runtime says. */
export type LogLevel = (typeof levels)[number];

/** Takes one line of the runtime's log. */
export type LogSink = (line: string) => void;

/**
 * Makes a logger that writes lines such as `[mecha] warn orders: …` to standard error.
 *
 * @param subject - whom the lines are about: a component's name, or `runtime`
 */
export function createLogger(
  subject: string,
  options: { readonly level?: LogLevel; readonly sink?: LogSink } = {},
): ComponentLogger {
  const least = levels.indexOf(options.level ?? levelFromEnvironment());
  const sink = options.sink ?? ((line: string) => void process.stderr.write(line));
  const write = (level: LogLevel) => (message: string) => {
    if (levels.indexOf(level) >= least) sink(`[mecha] ${level} ${subject}: ${message}\n`);
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function levelFromEnvironment(): LogLevel {
  const wanted = process.env["MECHA_LOG_LEVEL"];
  return levels.find((level) => level === wanted) ?? "warn";
}
