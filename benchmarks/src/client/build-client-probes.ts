import { join } from "node:path";
import { build } from "esbuild";

const folder = join(import.meta.dirname, "..", "client-probes");

/** Programs that run in measured processes of this topic. */
const probeNames = ["client-calls", "client-subscription", "client-start"] as const;

/** One of them. */
export type ClientProbeName = (typeof probeNames)[number];

/**
 * Compiles the probes into an installation. The SDKs stay outside: each is imported from the `node_modules` beside, by the
 * `import()` of the side that is measured.
 */
export async function buildClientProbes(target: string): Promise<void> {
  await build({
    entryPoints: probeNames.map((name) => join(folder, `${name}.ts`)),
    outdir: target,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    external: ["@mecha/*", "@dapr/*", "@grpc/*"],
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "silent",
  });
}
