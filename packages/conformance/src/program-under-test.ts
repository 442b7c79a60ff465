import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { eventually } from "./eventually.js";
import { within } from "./within.js";

/** How a program is started. */
export interface ProgramOptions {
  /** A TypeScript file, which runs on the sources of this workspace. */
  readonly program: string;
  readonly args: readonly string[];
  /** Where it runs, which decides what it can import. */
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A program in a process of its own, whose life and death are tested. It says `ready` when it has done what it is for. */
export interface ProgramUnderTest {
  /** What it has said so far, by lines. */
  readonly lines: readonly string[];
  /** Resolves when it is ready; rejects if it ends before. */
  readonly ready: Promise<void>;
  /** Resolves with what follows these words, once it says them. */
  said(words: string): Promise<string>;
  /** Resolves with its exit code, -1 if a signal ended it, or `"alive"` if it is still running after this time. */
  exitWithin(ms: number): Promise<number | "alive">;
  /** Kills it and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a program with the Node and the environment of this process; its errors are shown among this one's. */
export function startProgram({ program, args, cwd, environment }: ProgramOptions): ProgramUnderTest {
  const child = spawn(process.execPath, ["--conditions=@mecha/source", "--import", "tsx", program, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  const title = args.join(" ");
  const lines: string[] = [];
  const exited = once(child, "exit").then(([code]) => (code as number | null) ?? -1);
  const ready = new Promise<void>((resolve, reject) => {
    const output = createInterface({ input: child.stdout });
    output.on("line", (line) => {
      lines.push(line);
      if (line === "ready") resolve();
    });
    // What it said last is read before its end is judged.
    Promise.all([exited, once(output, "close")]).then(
      ([code]) => reject(new Error(`"${title}" ended with ${code} before it was ready`)),
      reject,
    );
  });
  ready.catch(() => undefined); // whoever waits for it hears of it
  return {
    lines,
    ready,
    async said(words) {
      const find = (): string | undefined => lines.find((line) => line.startsWith(words));
      await eventually(`"${title}" says "${words}"`, async () => find() !== undefined, 40_000);
      return (find() ?? "").slice(words.length);
    },
    exitWithin: (ms) => within(exited, ms, "alive" as const),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
