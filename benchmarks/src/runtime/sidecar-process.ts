import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

/** A sidecar in a process of its own. */
export interface SidecarProcess extends AsyncDisposable {
  readonly pid: number;
  /** From its start until it was healthy. */
  readonly startMs: number;
}

/** What to start, and how to know that it is there. */
export interface SidecarCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly httpPort: number;
}

const patienceMs = 30_000;
const askEveryMs = 1;
const alive = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});

/**
 * Starts a sidecar and asks it all the time whether it is healthy.
 *
 * @throws Error when it ends, or is not healthy in half a minute
 */
export async function startSidecarProcess(options: SidecarCommand): Promise<SidecarProcess> {
  const { command, args, env, httpPort } = options;
  const start = performance.now();
  const child = spawn(command, args, { env: { ...process.env, NODE_OPTIONS: "", ...env }, stdio: "ignore" });
  alive.add(child);
  child.once("exit", () => alive.delete(child));
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  try {
    await once(child, "spawn");
    while (!(await isHealthy(httpPort))) {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${String(child.exitCode)}`);
      if (performance.now() - start > patienceMs)
        throw new Error(`${command} is not healthy after ${String(patienceMs)} ms`);
      await pause(askEveryMs);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  // It has been spawned, so it has a number.
  return { pid: child.pid ?? 0, startMs: performance.now() - start, [Symbol.asyncDispose]: stop };
}

async function isHealthy(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/v1.0/healthz/outbound`).catch(() => undefined);
  return response?.ok === true;
}
