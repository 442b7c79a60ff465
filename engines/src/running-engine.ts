import type { DataFolder } from "./data-folder.js";
import type { EngineName, RunningEngine, StopOptions } from "./engine.js";
import type { EngineProcess } from "./engine-process.js";

/** Puts processes and their data folder behind the one interface of running engines. */
export function runningEngine(
  name: EngineName,
  processes: readonly EngineProcess[],
  dataFolder: DataFolder,
): RunningEngine {
  let stopped: Promise<void> | undefined;
  const stop = async (hard: boolean): Promise<void> => {
    await Promise.all(processes.map((process) => process.stop(hard)));
    dataFolder.discard();
  };
  return {
    name,
    pids: processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    dataFolder: dataFolder.path,
    stop: ({ hard = dataFolder.throwAway }: StopOptions = {}) => (stopped ??= stop(hard)),
    [Symbol.asyncDispose]: () => (stopped ??= stop(dataFolder.throwAway)),
  };
}

/** Runs the part of a start that may fail; on failure ends what was started, so that nothing is left behind. */
export async function orStopAll(engine: RunningEngine, untilReady: () => Promise<void>): Promise<void> {
  try {
    await untilReady();
  } catch (error) {
    await engine.stop({ hard: true });
    throw error;
  }
}
