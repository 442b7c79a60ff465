import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../workspace.js";

/** Runs vitest, whose own output goes to stderr; what the tests say of themselves is in files that the environment names. */
export async function runVitest(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(join(root, "node_modules/.bin/vitest"), args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", 2, 2],
  });
  await once(child, "exit");
}
