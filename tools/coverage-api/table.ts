import { sumsOf } from "./component-rows.js";
import { type CoverageReport, type EngineName, engines, type RpcReport } from "./report.js";

const columns = ["name", "facade", ...engines, "reason"] as const satisfies readonly (keyof RpcReport)[];

/** The report for people: one line an RPC, one a suite of a component, and the sums. */
export function tableOf(report: CoverageReport): string {
  const { dapr, of, facades, rpcs, components } = report;
  const rpcRows = rpcs.map((rpc) => columns.map((column) => rpc[column]));
  const componentRows = components.map((row) => [row.component, row.suite, row.on, row.result, sumsOf(row)]);
  return [
    ...aligned([columns.map((column) => column.toUpperCase()), ...rpcRows]),
    "",
    `Dapr ${dapr}: ${String(of)} RPCs, ${String(facades)} with a facade`,
    ...engines.map((engine) => sumOf(report, engine)),
    "",
    ...aligned([["COMPONENT", "SUITE", "ON", "RESULT", "TESTS"], ...componentRows]),
    "",
  ].join("\n");
}

function sumOf({ rpcs, mutations }: CoverageReport, engine: EngineName): string {
  const count = (status: RpcReport[EngineName]): string => String(rpcs.filter((rpc) => rpc[engine] === status).length);
  const counts = `${engine}: ${count("pass")} pass, ${count("refused")} refused, ${count("missing")} missing`;
  const mutated = mutations[engine];
  if (mutated === undefined) return counts;
  const { tried, unnoticed } = mutated;
  return `${counts}; of ${String(tried)} mutations unnoticed: ${unnoticed.length === 0 ? "none" : unnoticed.join(", ")}`;
}

/** Lines of columns that are as wide as their widest cell. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
