import type { RetryMatching, StatusRange } from "./policy-spec.js";

/** The statuses that HTTP and gRPC have. */
export const statusBounds = { http: { from: 100, to: 599 }, grpc: { from: 0, to: 16 } } as const;

/**
 * Reads a list of statuses as daprd's `matching` writes it: single ones and ranges, separated by commas (`429,500-599`).
 *
 * @returns the ranges, `undefined` for an empty text (which stands for all), or what is wrong with it
 */
export function parseStatuses(
  text: string,
  bounds: StatusRange,
): readonly StatusRange[] | undefined | { readonly problem: string } {
  if (text === "") return undefined;
  const ranges: StatusRange[] = [];
  for (const pattern of text.split(",")) {
    if (pattern === "") continue;
    const match = /^(\d+)(?:-(\d+))?$/u.exec(pattern);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (match === null || from < bounds.from || to > bounds.to || to < from) {
      return {
        problem: `"${pattern}" is no status or range of statuses between ${String(bounds.from)} and ${String(bounds.to)}`,
      };
    }
    ranges.push({ from, to });
  }
  return ranges;
}

/** Whether a failure with this status is to be tried again. As in daprd, 0 to 16 are gRPC's. */
export function matchesStatus({ http, grpc }: RetryMatching, status: number): boolean {
  if (status <= statusBounds.grpc.to) return isIn(grpc, status);
  return status <= statusBounds.http.to && isIn(http, status);
}

function isIn(ranges: readonly StatusRange[] | undefined, status: number): boolean {
  return ranges === undefined || ranges.some(({ from, to }) => from <= status && status <= to);
}
