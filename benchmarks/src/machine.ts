import { arch, availableParallelism, cpus, platform } from "node:os";

/** The machine that figures are from. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** As in `linux x64`. */
  readonly platform: string;
}

/** The machine that this runs on. */
export function thisMachine(): Machine {
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    platform: `${platform()} ${arch()}`,
  };
}
