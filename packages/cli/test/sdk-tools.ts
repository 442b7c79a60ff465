import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

/** How long it may take to fetch and build an app with empty caches. */
export const buildMs = 540_000;

/** What says that a tool is there and can do what the tests want of it. */
const probes = {
  go: ["version"],
  javac: ["-version"],
  mvn: ["-version"],
  python3: ["-c", "import ensurepip, venv"],
} as const;

/** Whether this machine has all of these; `npm run engines:install` gets them. */
export function hasTools(...tools: readonly (keyof typeof probes)[]): boolean {
  return tools.every((tool) => spawnSync(tool, probes[tool], { stdio: "ignore" }).status === 0);
}

const run = promisify(execFile);

/** Runs a tool to its end; an error has all that it said. */
export async function runTool(tool: string, args: readonly string[], cwd: string): Promise<void> {
  // A module may ask for a newer Go than the installed one.
  const env = { ...process.env, GOTOOLCHAIN: process.env["GOTOOLCHAIN"] ?? "auto" };
  await run(tool, args, { cwd, env, timeout: buildMs, maxBuffer: 1 << 26 }).catch((cause: unknown) => {
    const { stdout = "", stderr = "" } = cause as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${tool} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause });
  });
}
