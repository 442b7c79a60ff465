import { join } from "node:path";
import { openDataFolder } from "./data-folder.js";
import type { RedisAddress, RunningEngine, StartOptions } from "./engine.js";
import { EngineProcess } from "./engine-process.js";
import { freePortFamily } from "./free-ports.js";
import { requireInstalled } from "./missing.js";
import { orStopAll, runningEngine } from "./running-engine.js";
import { exchange } from "./tcp.js";

/** How a Redis is started. */
export interface RedisOptions extends StartOptions {
  /**
   * Keep every write through a kill: an append-only file, synced before each answer. With the same `dataFolder` and
   * `port`, the next start continues where this one was killed.
   *
   * @defaultValue false: nothing is written to disk
   */
  readonly persist?: boolean;
}

/** A running Redis. */
export interface RedisEngine extends RunningEngine, RedisAddress {
  readonly name: "redis";
}

const persisting = ["--appendonly", "yes", "--appendfsync", "always"];
const forgetting = ["--appendonly", "no"];

/** Whether the Redis at a port is that process and done loading; another one there must not be taken for ours. */
async function isServing(port: number, pid: number | undefined): Promise<boolean> {
  const info = await exchange(port, "INFO\r\nQUIT\r\n", (received) => received.toString().endsWith("+OK\r\n"));
  const text = info.toString();
  return text.includes(`process_id:${String(pid)}\r\n`) && text.includes("\r\nloading:0\r\n");
}

/** Starts a Redis on 127.0.0.1 and waits until it serves. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisEngine> {
  requireInstalled("redis");
  const port = await freePortFamily([0], options.port);
  const dataFolder = openDataFolder("redis", options.dataFolder);
  const server = EngineProcess.start({
    title: `redis-server on 127.0.0.1:${port}`,
    command: "redis-server",
    args: [
      ...["--bind", "127.0.0.1", "--port", String(port), "--protected-mode", "yes"],
      ...["--dir", dataFolder.path, "--save", "", ...(options.persist ? persisting : forgetting)],
      ...["--daemonize", "no"],
    ],
    logFile: join(dataFolder.path, "redis.log"),
  });
  const engine = runningEngine("redis", [server], dataFolder);
  await orStopAll(engine, () => server.untilReady(() => isServing(port, server.pid), options.timeoutMs ?? 20_000));
  return { ...engine, name: "redis", host: "127.0.0.1", port, address: `127.0.0.1:${port}` };
}
