import type { CoverageReport, RpcReport } from "./report.js";

const columns = ["name", "facade", "embedded", "daprd", "reason"] as const satisfies readonly (keyof RpcReport)[];

/** The report for people: one line an RPC, and the sums. */
export function tableOf({ dapr, of, facades, rpcs }: CoverageReport): string {
  const rows = [Object.fromEntries(columns.map((column) => [column, column.toUpperCase()])) as Row, ...rpcs];
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    columns
      .map((column, index) => row[column].padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const count = (engine: "embedded" | "daprd", status: string): number =>
    rpcs.filter((rpc) => rpc[engine] === status).length;
  const sums = (["embedded", "daprd"] as const).map(
    (engine) =>
      `${engine}: ${String(count(engine, "pass"))} pass, ${String(count(engine, "refused"))} refused, ${String(count(engine, "missing"))} missing`,
  );
  return [...lines, "", `Dapr ${dapr}: ${String(of)} RPCs, ${String(facades)} with a facade`, ...sums, ""].join("\n");
}

type Row = Readonly<Record<(typeof columns)[number], string>>;
