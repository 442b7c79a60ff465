import { hostname } from "node:os";
import type { ComponentLogger } from "@mecha/spec";
import { runtimeVersion } from "./version.js";

const levels = ["debug", "info", "warn", "error"] as const;

/** How much the runtime says. */
export type LogLevel = (typeof levels)[number];

/** Takes one line of the runtime's log. */
export type LogSink = (line: string) => void;

/**
 * Makes a logger that writes lines such as `[mecha] warn orders: …` to standard error; with `MECHA_LOG_FORMAT=json`, JSON objects with
 * daprd's members.
 *
 * @param subject - whom the lines are about: a component's name, or `runtime`
 */
export function createLogger(
  subject: string,
  options: { readonly level?: LogLevel; readonly sink?: LogSink } = {},
): ComponentLogger {
  const least = levels.indexOf(options.level ?? levelFromEnvironment());
  const sink = options.sink ?? ((line: string) => void process.stderr.write(line));
  const lineOf = process.env["MECHA_LOG_FORMAT"] === "json" ? jsonLine : textLine;
  const write = (level: LogLevel) => (message: string) => {
    if (levels.indexOf(level) >= least) sink(`${lineOf(level, subject, message)}\n`);
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function textLine(level: LogLevel, subject: string, message: string): string {
  return `[mecha] ${level} ${subject}: ${message}`;
}

function jsonLine(level: LogLevel, subject: string, message: string): string {
  return JSON.stringify({
    app_id: process.env["APP_ID"] ?? "",
    instance: hostname(),
    // As daprd writes it.
    level: level === "warn" ? "warning" : level,
    msg: message,
    scope: `mecha.${subject}`,
    time: new Date().toISOString(),
    type: "log",
    ver: runtimeVersion,
  });
}

function levelFromEnvironment(): LogLevel {
  const wanted = process.env["MECHA_LOG_LEVEL"];
  return levels.find((level) => level === wanted) ?? "warn";
}
