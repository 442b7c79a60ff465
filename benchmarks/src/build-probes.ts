import { compileProbes } from "./compile-probes.js";

/** Programs that run in measured processes: `src/probes/<name>.ts`. */
const probeNames = [
  "cache",
  "cache-compare-and-swap",
  "cache-hot-key",
  "cache-large-hash",
  "cache-load",
  "import-time",
  "messages",
  "rpc-consumer",
  "rpc-provider",
] as const;

/** One of the probes. */
export type ProbeName = (typeof probeNames)[number];

/**
 * Compiles the probes of the drop-ins.
 *
 * @param target - folder beside whose `node_modules` the legacy clients are installed
 */
export function buildProbes(target: string): Promise<void> {
  return compileProbes({ folder: "probes", names: probeNames }, target);
}
