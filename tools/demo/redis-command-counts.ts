import { connect } from "node:net";

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
  await ask(address, "CONFIG RESETSTAT");
}

/** How often Redis ran each command since the counts were reset (`INFO commandstats`), without those that only keep connections. */
export async function readCommandCounts(address: string): Promise<ReadonlyMap<string, number>> {
  const info = await ask(address, "INFO commandstats");
  const counts = new Map<string, number>();
  for (const [, name = "", calls] of info.matchAll(/^cmdstat_([^:\r\n]+):calls=(\d+)/gm)) {
    const [command = ""] = name.split("|");
    if (!connectionCommands.has(command)) counts.set(command, (counts.get(command) ?? 0) + Number(calls));
  }
  return counts;
}

/** Sends one inline command over a connection of its own, so that no client library has a part in the count. */
async function ask(address: string, command: string): Promise<string> {
  const [host, port] = address.split(":");
  const socket = connect(Number(port), host);
  socket.setTimeout(5000, () => socket.destroy(new Error(`Redis at ${address} does not answer`)));
  socket.end(`${command}\r\nQUIT\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  if (answer.startsWith("-")) throw new Error(`Redis at ${address} refused ${command}: ${answer.slice(1).trim()}`);
  return answer;
}
