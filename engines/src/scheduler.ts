import { join } from "node:path";
import { type DaprStartOptions, startDaprService } from "./dapr-service.js";
import type { RunningEngine, SchedulerAddress } from "./engine.js";

/** A running scheduler. */
export interface SchedulerEngine extends RunningEngine, SchedulerAddress {
  readonly name: "scheduler";
}

/** Starts Dapr's scheduler with an etcd of its own, whose files are in the data folder, and waits until it serves. */
export async function startScheduler(options: DaprStartOptions = {}): Promise<SchedulerEngine> {
  const engine = await startDaprService(
    {
      name: "scheduler",
      innerPorts: 2,
      flags: (folder, port, [clientPort, peerPort]) => [
        "--id=mecha",
        `--override-broadcast-host-port=127.0.0.1:${port}`,
        `--etcd-data-dir=${join(folder, "etcd")}`,
        `--etcd-initial-cluster=mecha=http://127.0.0.1:${peerPort}`,
        // 1.16 has no such flag, and listens there.
        ...(options.minor === "1.16" ? [] : ["--etcd-client-listen-address=127.0.0.1"]),
        `--etcd-client-port=${clientPort}`,
        `--identity-directory-write=${join(folder, "identity")}`,
      ],
    },
    options,
  );
  return { ...engine, name: "scheduler" };
}
