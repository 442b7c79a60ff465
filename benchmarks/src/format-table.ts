import { type Row } from "./row.js";

const headings = ["operation", "metric", "ours", "peer", "ratio", "goal", ""] as const;

/** The rows for people: a table for each peer. */
export function formatTable(rows: readonly Row[]): string {
  const peers = [...new Set(rows.map(({ peerName }) => peerName))];
  return peers
    .map((peer) => {
      const own = rows.filter(({ peerName }) => peerName === peer);
      return `against ${peer}\n${layOut([[...headings], ...own.map(cells)])}`;
    })
    .join("\n\n");
}

function cells({ op, metric, ours, peer, ratio, goal, met }: Row): string[] {
  const verdict = met === null ? "" : met ? "met" : "MISSED";
  return [op, metric, String(ours), String(peer), ratio.toFixed(2), goal ?? "", verdict];
}

function layOut(lines: readonly (readonly string[])[]): string {
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
