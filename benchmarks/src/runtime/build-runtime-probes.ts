import { join } from "node:path";
import { build } from "esbuild";

const folder = join(import.meta.dirname, "..", "runtime-probes");

/** Programs that run in measured processes of this topic. */
const probeNames = ["runtime-calls", "runtime-load", "runtime-start"] as const;

/** One of them. */
export type RuntimeProbeName = (typeof probeNames)[number];

/** Compiles the probes into an installation; the packages stay outside and are imported from the `node_modules` beside. */
export async function buildRuntimeProbes(target: string): Promise<void> {
  await build({
    entryPoints: probeNames.map((name) => join(folder, `${name}.ts`)),
    outdir: target,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    external: ["@mecha/*", "@grpc/*"],
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "silent",
  });
}
