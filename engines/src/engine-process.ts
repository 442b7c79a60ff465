import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { shimFile } from "./installed.js";

const softStopMs = 30_000;
const probeEveryMs = 50;

/** What to run, and how to call it in errors. */
export interface ProcessDescription {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes stdout and stderr. */
  readonly logFile: string;
  /** More files whose end is shown when the start fails. */
  readonly otherLogs?: readonly string[];
}

const alive = new Set<ChildProcess>();

function killAll(): void {
  for (const child of alive) child.kill("SIGKILL");
}

function remember(child: ChildProcess): void {
  if (alive.size === 0 && !process.listeners("exit").includes(killAll)) process.on("exit", killAll);
  alive.add(child);
  child.once("exit", () => alive.delete(child));
}

/** The last lines of a log, for an error message. */
function tailOf(file: string, lines = 25): string {
  if (!existsSync(file)) return "";
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

/**
 * One server process. It is killed when this process exits. When this process is killed itself, daprd ends by itself, and
 * on Linux, with the shim in place, the others do.
 */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #description: ProcessDescription;
  readonly #ended: Promise<void>;
  #failure: Error | undefined;

  private constructor(child: ChildProcess, description: ProcessDescription) {
    this.#child = child;
    this.#description = description;
    this.#ended = new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", (error) => {
        this.#failure = error;
        resolve();
      });
    });
    remember(child);
    // A forgotten engine must not keep a test run or the demo from ending.
    child.unref();
  }

  /** Starts a process; whether it comes up is told by {@link EngineProcess.untilReady}. */
  static start(description: ProcessDescription): EngineProcess {
    const shim = existsSync(shimFile) ? { LD_PRELOAD: shimFile } : {};
    const log = openSync(description.logFile, "a");
    try {
      const child = spawn(description.command, description.args, {
        env: { ...process.env, MECHA_ENGINE_PARENT: String(process.pid), ...shim, ...description.env },
        stdio: ["ignore", log, log],
      });
      return new EngineProcess(child, description);
    } finally {
      closeSync(log);
    }
  }

  /** Undefined when the command could not be run at all. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Everything that the process wrote to stdout and stderr up to now. */
  log(): string {
    return readFileSync(this.#description.logFile, "utf8");
  }

  get #hasEnded(): boolean {
    return this.#failure !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Asks again and again until the probe says yes; fails when the process ends first or the time is over. */
  async untilReady(probe: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (this.#hasEnded) throw this.#startError(this.#failure?.message ?? "ended before it answered");
      // A refused connection is what a server that is still starting looks like.
      if (await probe().catch(() => false)) return;
      if (performance.now() > deadline) throw this.#startError(`did not answer within ${timeoutMs / 1000} s`);
      await delay(probeEveryMs);
    }
  }

  #startError(what: string): Error {
    const logs = [this.#description.logFile, ...(this.#description.otherLogs ?? [])];
    const tails = logs.map((file) => ({ file, tail: tailOf(file) })).filter(({ tail }) => tail !== "");
    const shown = tails.map(({ file, tail }) => `\n--- end of ${file}\n${tail}`).join("");
    return new Error(`${this.#description.title} ${what}${shown}`);
  }

  /** Ends the process and waits until it is gone. */
  async stop(hard: boolean): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.ref();
    this.#child.kill(hard ? "SIGKILL" : "SIGTERM");
    const reminder = setTimeout(() => this.#child.kill("SIGKILL"), softStopMs);
    await this.#ended;
    clearTimeout(reminder);
  }
}
