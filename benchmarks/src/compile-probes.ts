import { join } from "node:path";
import { build } from "esbuild";

/** Programs that run in measured processes. */
interface Probes {
  /** Their folder, below this one. */
  readonly folder: string;
  readonly names: readonly string[];
  /** What they import from the `node_modules` beside instead of bringing it along. */
  readonly external?: readonly string[];
}

/** Compiles probes to plain CommonJS, so that a measured process runs nothing but Node and what an app would load. */
export async function compileProbes({ folder, names, external = [] }: Probes, target: string): Promise<void> {
  await build({
    entryPoints: names.map((name) => join(import.meta.dirname, folder, `${name}.ts`)),
    outdir: target,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    external: [...external],
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "silent",
  });
}
