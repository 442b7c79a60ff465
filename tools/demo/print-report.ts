import { type CallSummary } from "./call-reports.js";
import { type DemoReport } from "./run-demo.js";

/** Writes a report for people. */
export function formatReport(report: DemoReport): string {
  const { on, result, orders, messages, calls, appFilesChanged, seconds, checks, ok } = report;
  const lines = [
    "",
    `on ${on}: ${orders.total} orders, ${orders.accepted} accepted, ${orders.refused} refused, ${orders.perSecond} a second`,
    `messages: ${messages.sent} sent, ${messages.delivered} delivered, ${messages.redelivered} redelivered, ${messages.lost} lost`,
    `price rules changed at ${orders.priceRuleChangedAt}`,
    "",
    ...callTable(calls),
    "",
    ...checks.map(({ name, ok: holds, detail }) => `${holds ? "ok  " : "FAIL"} ${name}: ${detail}`),
    "",
    `result ${result}`,
    `app files changed: ${appFilesChanged}; ${seconds} s; ${ok ? "everything holds" : "not everything holds"}`,
  ];
  return lines.join("\n");
}

/** Which adapter used which component and backend, how often and how fast; columns as wide as their widest cell. */
function callTable(calls: readonly CallSummary[]): readonly string[] {
  const rows = [
    ["adapter", "component", "type", "calls", "p50 µs", "p99 µs", "backend"],
    ...calls.map((call) => [
      call.adapter,
      call.component,
      call.type,
      String(call.count),
      String(call.p50Us),
      String(call.p99Us),
      call.backend,
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
