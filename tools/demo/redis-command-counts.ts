import { askRedis } from "./ask-redis.js";

/**
 * Commands by which clients introduce themselves, or look after their connection; the checks count what an app asks for.
 */
const connectionCommands = new Set([
  "auth",
  "hello",
  "client",
  "info",
  "select",
  "command",
  "ping",
  "config",
  "quit",
  "reset",
]);

/** Sets Redis's own counts of commands to zero. */
export async function resetCommandCounts(address: string): Promise<void> {
  await askRedis(address, "CONFIG RESETSTAT");
}

/** How often Redis ran each command since the counts were reset (`INFO commandstats`), without those that only keep connections. */
export async function readCommandCounts(address: string): Promise<ReadonlyMap<string, number>> {
  const info = await askRedis(address, "INFO commandstats");
  const counts = new Map<string, number>();
  for (const [, name = "", calls] of info.matchAll(/^cmdstat_([^:\r\n]+):calls=(\d+)/gm)) {
    const [command = ""] = name.split("|");
    if (!connectionCommands.has(command)) counts.set(command, (counts.get(command) ?? 0) + Number(calls));
  }
  return counts;
}
