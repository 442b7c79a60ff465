import { compileProbes } from "../compile-probes.js";

/** Programs that run in measured processes of this topic. */
const probeNames = ["runtime-calls", "runtime-load", "runtime-start"] as const;

/** One of them. */
export type RuntimeProbeName = (typeof probeNames)[number];

/** Compiles the probes into an installation; the packages stay outside and are imported from the `node_modules` beside. */
export function buildRuntimeProbes(target: string): Promise<void> {
  return compileProbes({ folder: "runtime-probes", names: probeNames, external: ["@mecha/*", "@grpc/*"] }, target);
}
