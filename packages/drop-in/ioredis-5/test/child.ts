import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(import.meta.url);
const tsx = pathToFileURL(resolve("tsx")).href;

/** How long a process is watched after its last line, in milliseconds: a slow machine takes its time to end one. */
const watchMs = { "lives on": 1_000, ends: 8_000 } as const;

/** What became of a process: its exit code, or that it lived on after it had said `settled`. */
export type Outcome = { readonly code: number | null; readonly output: string } | "lives on";

/** Which client a process uses. */
export type Subject = "original" | "drop-in";

/** How to run a process. */
export interface ChildOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** What it is expected to do after its last line; says how long to watch. */
  readonly expected?: keyof typeof watchMs;
}

/** Where a client is imported from, and what of it a process uses. */
export interface ChildImports extends Readonly<Record<Subject, string>> {
  /** The names that are imported. */
  readonly names: string;
  /** The folder in which the modules are looked for. */
  readonly folder: string;
}

/** Runs a module that uses the original's client or ours, until it ends or has outlived its last line. */
export type RunChild = (subject: Subject, code: string, options?: ChildOptions) => Promise<Outcome>;

/** Gives the means to run modules with a client and its original. */
export function childRunner(imports: ChildImports): RunChild {
  return (subject, code, options = {}) => {
    const script = `import { ${imports.names} } from ${JSON.stringify(imports[subject])};\n${code}\nconsole.log("settled");`;
    return runModule(script, imports.folder, options);
  };
}

async function runModule(
  script: string,
  folder: string,
  { environment, expected = "ends" }: ChildOptions,
): Promise<Outcome> {
  const options = ["--conditions=@mecha/source", "--import", tsx, "--input-type=module", "-e", script];
  const child = spawn(process.execPath, options, { cwd: folder, env: { ...process.env, ...environment } });
  let output = "";
  let watch: NodeJS.Timeout | undefined;
  const seen = { outlived: false };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (!output.includes("settled")) return;
    watch ??= setTimeout(() => {
      seen.outlived = true;
      child.kill("SIGKILL");
    }, watchMs[expected]);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const [exitCode] = (await once(child, "close")) as [number | null];
  clearTimeout(watch);
  return seen.outlived ? "lives on" : { code: exitCode, output };
}
