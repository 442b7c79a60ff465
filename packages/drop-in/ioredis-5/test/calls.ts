import { callReport as report } from "@mecha/adapter-kit";

/** How often each command of the cache was counted, since an earlier report if one is given. */
export function callReport(since: Readonly<Record<string, number>> = {}): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operations, type } of report().calls) {
    if (type !== "state.redis") continue;
    for (const [name, count] of Object.entries(operations))
      counts[name] = (counts[name] ?? 0) + count - (since[name] ?? 0);
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
