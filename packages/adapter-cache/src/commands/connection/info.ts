import { Verbatim } from "../../resp/reply.js";
import type { ClientSession } from "../../session/client-session.js";
import type { ConnectionCommand } from "../connection-command.js";
import { redisVersion } from "./redis-version.js";

type Facts = Readonly<Record<string, string | number>>;

/** What clients and tools read of INFO; what only a server has is left out. */
const sections: ReadonlyMap<string, (session: ClientSession) => Facts> = new Map<
  string,
  (session: ClientSession) => Facts
>([
  [
    "Server",
    ({ storeType }) => ({
      redis_version: redisVersion,
      redis_mode: "standalone",
      os: `${process.platform} ${process.arch}`,
      arch_bits: 64,
      process_id: process.pid,
      tcp_port: 0,
      uptime_in_seconds: Math.floor(process.uptime()),
      uptime_in_days: Math.floor(process.uptime() / 86_400),
      mecha_store: storeType,
    }),
  ],
  ["Clients", ({ clients }) => ({ connected_clients: clients.size })],
  [
    "Memory",
    () => ({
      used_memory: process.memoryUsage.rss(),
      maxmemory: 0,
      maxmemory_human: "0B",
      maxmemory_policy: "noeviction",
    }),
  ],
  ["Persistence", () => ({ loading: 0, async_loading: 0 })],
  ["Replication", () => ({ role: "master", connected_slaves: 0 })],
  ["Cluster", () => ({ cluster_enabled: 0 })],
]);

const everything = new Set(["default", "all", "everything"]);

/** `INFO [section…]`: what this is, as far as clients ask. */
export const info: ConnectionCommand = {
  name: "info",
  arity: -1,
  run(session, args) {
    const wanted = args.slice(1).map((bytes) => bytes.toString("latin1").toLowerCase());
    const isWanted = (name: string): boolean =>
      wanted.length === 0 || wanted.some((each) => everything.has(each) || each === name.toLowerCase());
    const shown = [...sections].filter(([name]) => isWanted(name)).map(([name, facts]) => show(name, facts(session)));
    return new Verbatim(shown.join("\r\n"));
  },
};

function show(name: string, facts: Facts): string {
  const lines = Object.entries(facts).map(([key, value]) => `${key}:${String(value)}\r\n`);
  return `# ${name}\r\n${lines.join("")}`;
}
