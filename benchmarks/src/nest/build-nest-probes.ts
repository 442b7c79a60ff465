import { compileProbes } from "../compile-probes.js";

/** Programs that run in measured processes of this topic. */
const probeNames = ["nest-subscription"] as const;

/** One of them. */
export type NestProbeName = (typeof probeNames)[number];

/** Compiles the probes into an installation; the packages stay outside and are imported from the `node_modules` beside. */
export function buildNestProbes(target: string): Promise<void> {
  const external = ["@mecha/*", "@nestjs/*", "reflect-metadata", "rxjs"];
  return compileProbes({ folder: "nest-probes", names: probeNames, external }, target);
}
