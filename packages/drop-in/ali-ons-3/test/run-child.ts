import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

/** A client in a process of its own. */
export interface Child {
  /** What it has said so far. */
  readonly lines: readonly string[];
  /** Resolves when it has done what its scenario says. */
  readonly ready: Promise<void>;
  /** Resolves with exit code, or `"alive"` if it is still running after this time. */
  exitWithin(ms: number): Promise<number | "alive">;
  kill(): Promise<void>;
}

/** Starts child.ts with the environment of this process. */
export function runChild(kind: "drop-in" | "original", scenario: string, nameServer: string): Child {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      "--conditions=@mecha/source",
      "--import",
      "tsx",
      join(import.meta.dirname, "child.ts"),
      kind,
      scenario,
      nameServer,
    ],
    { cwd: join(import.meta.dirname, ".."), stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines: string[] = [];
  const exited = once(child, "exit").then(([code]) => (code as number | null) ?? -1);
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      lines.push(line);
      if (line === "ready") resolve();
    });
    exited
      .then((code) =>
        setImmediate(() => reject(new Error(`"${scenario}" of the ${kind} ended with ${code} before it was ready`))),
      )
      .catch(reject);
  });
  ready.catch(() => undefined); // whoever waits for it hears of it
  return {
    lines,
    ready,
    async exitWithin(ms) {
      const timer = new AbortController();
      // A timer of its own: a combined signal does not keep its timeout, which the collector may take before it fires.
      const tooLong = delay(ms, "alive" as const, { signal: timer.signal });
      tooLong.catch(() => undefined); // ended by what came first
      const result = await Promise.race([exited, tooLong]);
      timer.abort();
      return result;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
