import { compileProbes } from "../compile-probes.js";

/** Programs that run in measured processes of this topic. */
const probeNames = ["client-calls", "client-subscription", "client-start"] as const;

/** One of them. */
export type ClientProbeName = (typeof probeNames)[number];

/**
 * Compiles the probes into an installation. The SDKs stay outside: each is imported from the `node_modules` beside, by the
 * `import()` of the side that is measured.
 */
export function buildClientProbes(target: string): Promise<void> {
  const external = ["@mecha/*", "@dapr/*", "@grpc/*"];
  return compileProbes({ folder: "client-probes", names: probeNames, external }, target);
}
