import { type DemoReport } from "./run-demo.js";

/** Writes a report for people. */
export function formatReport(report: DemoReport): string {
  const { on, result, orders, messages, calls, appFilesChanged, seconds, checks, ok } = report;
  const widths = [8, 12, 20, 9, 9, 9];
  const row = (...cells: readonly (string | number)[]): string =>
    cells.map((cell, index) => String(cell).padEnd(widths[index] ?? 0)).join(" ");
  const lines = [
    "",
    `on ${on}: ${String(orders.total)} orders, ${String(orders.accepted)} accepted, ${String(orders.refused)} refused, ${String(orders.perSecond)} a second`,
    `messages: ${String(messages.sent)} sent, ${String(messages.delivered)} delivered, ${String(messages.redelivered)} redelivered, ${String(messages.lost)} lost`,
    `price rules changed at ${orders.priceRuleChangedAt}`,
    "",
    row("adapter", "component", "type", "calls", "p50 µs", "p99 µs") + " backend",
    ...calls.map(
      ({ adapter, component, type, count, p50Us, p99Us, backend }) =>
        `${row(adapter, component, type, count, p50Us, p99Us)} ${backend}`,
    ),
    "",
    ...checks.map(({ name, ok: holds, detail }) => `${holds ? "ok  " : "FAIL"} ${name}: ${detail}`),
    "",
    `result ${result}`,
    `app files changed: ${String(appFilesChanged)}; ${String(seconds)} s; ${ok ? "everything holds" : "not everything holds"}`,
  ];
  return lines.join("\n");
}
