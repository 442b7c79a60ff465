import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { MechaError } from "@mecha/spec";

/** The process of an app. */
export interface AppProcess {
  /** Resolves with its exit code; with 128 and the signal's number if a signal ended it. */
  readonly ended: Promise<number>;
  /** Passes a signal on. One that has ended gets none. */
  signal(name: NodeJS.Signals): void;
}

/** How an app is started. */
export interface AppProcessOptions {
  readonly command: readonly string[];
  /** Before each line that the app says. */
  readonly prefix: string;
  /** Added to the environment of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** @defaultValue that of this process */
  readonly cwd?: string;
}

/**
 * Starts an app; its lines come out with a prefix. It is in this process's group, as is what it starts: an interrupt from a terminal
 * reaches them all.
 *
 * @throws MechaError `INVALID_ARGUMENT` for a command that cannot be started.
 */
export async function startApp({ command, prefix, environment, cwd }: AppProcessOptions): Promise<AppProcess> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, {
    stdio: ["inherit", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    ...(cwd !== undefined && { cwd }),
  });
  const said = Promise.all([
    passLines(child.stdout, process.stdout, prefix),
    passLines(child.stderr, process.stderr, prefix),
  ]);
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  await once(child, "spawn").catch((cause: unknown) => {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `The app cannot be started with "${command.join(" ")}": ${reasonOf(cause)}`,
      {
        operation: "cli.start",
        cause,
      },
    );
  });
  return {
    // What it said last is read before its end is told.
    ended: exited.then(async (code) => {
      await Promise.race([said, new Promise((resolve) => setTimeout(resolve, linesAfterEndMs).unref())]);
      return code;
    }),
    signal: (name) => void child.kill(name),
  };
}

/** Processes that an app leaves behind may hold its output open for as long as they like. */
const linesAfterEndMs = 1_000;

async function passLines(from: Readable, to: Writable, prefix: string): Promise<void> {
  const lines = createInterface({ input: from, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) to.write(`${prefix}${line}\n`);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
