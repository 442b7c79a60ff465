import { type DaprStartOptions, startDaprService } from "./dapr-service.js";
import type { PlacementAddress, RunningEngine } from "./engine.js";

/** A running placement service. */
export interface PlacementEngine extends RunningEngine, PlacementAddress {
  readonly name: "placement";
}

/** Starts Dapr's placement service, which tells sidecars where actors live, and waits until it has elected itself. */
export async function startPlacement(options: DaprStartOptions = {}): Promise<PlacementEngine> {
  const engine = await startDaprService(
    {
      name: "placement",
      innerPorts: 1,
      flags: (_folder, _port, [raftPort]) => ["--id=mecha", `--initial-cluster=mecha=127.0.0.1:${raftPort}`],
    },
    options,
  );
  return { ...engine, name: "placement" };
}
