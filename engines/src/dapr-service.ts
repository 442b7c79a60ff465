import { join } from "node:path";
import { openDataFolder } from "./data-folder.js";
import { builtDapr, type DaprMinor, pinnedMinor } from "./daprd-binary.js";
import type { RunningEngine, StartOptions } from "./engine.js";
import { EngineProcess } from "./engine-process.js";
import { freePortFamily } from "./free-ports.js";
import { answersOk } from "./http.js";
import { requireInstalled } from "./missing.js";
import { orStopAll, runningEngine } from "./running-engine.js";

/** What every start of a part of Dapr takes. */
export interface DaprStartOptions extends StartOptions {
  /**
   * The minor version of Dapr, built by `buildDapr` if it is not the pinned one.
   *
   * @defaultValue the pinned one
   */
  readonly minor?: DaprMinor;
}

/** A service of Dapr's control plane that sidecars are pointed at. */
interface DaprService {
  readonly name: "placement" | "scheduler";
  /** How many ports it takes, besides its own and the one of its health. */
  readonly innerPorts: number;
  /** Its flags besides those that every service gets. */
  flags(dataFolder: string, port: number, innerPorts: readonly number[]): readonly string[];
}

/** A running service and where it answers over gRPC. */
interface DaprServiceEngine extends RunningEngine {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

/** Starts a service on 127.0.0.1 and waits until it says that it is healthy. */
export async function startDaprService(service: DaprService, options: DaprStartOptions): Promise<DaprServiceEngine> {
  const { name } = service;
  const { minor = pinnedMinor } = options;
  if (minor === pinnedMinor) requireInstalled(name);
  const command = builtDapr(minor);
  const offsets = Array.from({ length: service.innerPorts + 2 }, (_, offset) => offset);
  const port = await freePortFamily(offsets, options.port);
  const healthPort = port + 1;
  const dataFolder = openDataFolder(name, options.dataFolder);
  const innerPorts = offsets.slice(2).map((offset) => port + offset);
  const server = EngineProcess.start({
    title: `Dapr's ${name} on 127.0.0.1:${port}`,
    command,
    args: [
      name,
      ...["--listen-address=127.0.0.1", `--port=${port}`],
      ...["--healthz-listen-address=127.0.0.1", `--healthz-port=${healthPort}`],
      ...service.flags(dataFolder.path, port, innerPorts),
    ],
    logFile: join(dataFolder.path, `${name}.log`),
  });
  const engine = runningEngine(name, [server], dataFolder);
  await orStopAll(engine, () =>
    server.untilReady(() => answersOk(`http://127.0.0.1:${healthPort}/healthz`), options.timeoutMs ?? 60_000),
  );
  return { ...engine, host: "127.0.0.1", port, address: `127.0.0.1:${port}` };
}
