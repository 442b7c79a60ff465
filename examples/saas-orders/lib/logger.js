"use strict";

const levels = ["error", "warn", "info", "debug"];
const threshold = Math.max(levels.indexOf(process.env.LOG_LEVEL), levels.indexOf("warn"));

function write(level, parts) {
  if (levels.indexOf(level) > threshold) return;
  const [first, ...rest] = parts;
  const stream = level === "error" || level === "warn" ? console.error : console.log;
  stream(
    `${new Date().toISOString()} ${level} [${process.pid}] ${first instanceof Error ? first.stack : first}`,
    ...rest,
  );
}

module.exports = Object.fromEntries(levels.map((level) => [level, (...parts) => write(level, parts)]));
