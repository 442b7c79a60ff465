import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis-upstream";
import { eventually } from "@mecha/conformance";

/** A Redis server of a test's own. */
export interface RedisServerProcess {
  readonly port: number;
  readonly address: string;
  /** A client for the test. */
  readonly admin: Redis;
  /** Ends the server as a crash does. */
  kill(): Promise<void>;
  /** Ends server and client, and removes its folder. */
  stop(): Promise<void>;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** How a server is started. */
export interface ServerOptions {
  /** @defaultValue `"server"` */
  readonly mode?: "server" | "sentinel";
  /** What its clients and its master must give. @defaultValue none */
  readonly password?: string;
}

/**
 * Starts `redis-server`, or a sentinel, and waits until it answers.
 *
 * @param lines - of its configuration, which the server may rewrite
 */
export async function startServer(
  lines: readonly string[],
  { mode = "server", password }: ServerOptions = {},
): Promise<RedisServerProcess> {
  const [folder, port] = [await mkdtemp(join(tmpdir(), "mecha-redis-")), await freePort()];
  const file = join(folder, "redis.conf");
  const common = ["bind 127.0.0.1", `port ${String(port)}`, `dir ${folder}`, "protected-mode yes", "daemonize no"];
  const secrets = password === undefined ? [] : [`requirepass ${password}`, `masterauth ${password}`];
  await writeFile(file, [...common, ...secrets, ...lines].join("\n"));
  const child = spawn("redis-server", [file, ...(mode === "sentinel" ? ["--sentinel"] : [])], { stdio: "ignore" });
  const exited = once(child, "exit");
  const admin = new Redis(port, "127.0.0.1", {
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
    ...(password !== undefined && { password }),
  });
  // Until the server listens, and after its end; what matters is that it answers.
  admin.on("error", () => undefined);
  await eventually("the server answers", async () => (await admin.ping()).length > 0, 30_000);
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  return {
    port,
    address: `127.0.0.1:${String(port)}`,
    admin,
    kill,
    async stop() {
      admin.disconnect();
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a cluster of three masters that have all slots between them. */
export async function startCluster(): Promise<readonly RedisServerProcess[]> {
  const busPorts = await Promise.all([freePort(), freePort(), freePort()]);
  const servers = await Promise.all(
    busPorts.map((bus) => startServer(["save ''", "cluster-enabled yes", `cluster-port ${String(bus)}`])),
  );
  const [first] = servers;
  for (const [index, { admin, port }] of servers.entries()) {
    const [from, to] = [Math.ceil((index * 16_384) / 3), Math.ceil(((index + 1) * 16_384) / 3) - 1];
    await admin.call("CLUSTER", "ADDSLOTSRANGE", String(from), String(to));
    await first?.admin.call("CLUSTER", "MEET", "127.0.0.1", String(port), String(busPorts[index]));
  }
  for (const { admin } of servers) {
    const isWhole = async (): Promise<boolean> => {
      const info = String(await admin.call("CLUSTER", "INFO"));
      return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3");
    };
    await eventually("the cluster is whole", isWhole, 60_000);
  }
  return servers;
}
