import { join } from "node:path";
import { build } from "esbuild";

/** Programs that run in measured processes: `src/probes/<name>.ts`. */
const probeNames = ["cache", "import-time", "messages", "rpc-consumer", "rpc-provider"] as const;

/** One of the probes. */
export type ProbeName = (typeof probeNames)[number];

/**
 * Compiles the probes to plain CommonJS, so that a measured process runs nothing but Node and what an app would load.
 *
 * @param target - folder beside whose `node_modules` the legacy clients are installed
 */
export async function buildProbes(target: string): Promise<void> {
  await build({
    entryPoints: probeNames.map((name) => join(import.meta.dirname, "probes", `${name}.ts`)),
    outdir: target,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "silent",
  });
}
