import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type WorkerState } from "./app-reports.js";
import { createHttpClient } from "./http-client.js";

/** What to start, and with which environment. */
export interface AppOptions {
  /** The installed example. */
  readonly folder: string;
  /** Added to this process's environment: addresses, credentials, ACME_ENV. */
  readonly env: Readonly<Record<string, string>>;
  /** Added for one service alone, over `env`. */
  readonly serviceEnv?: Readonly<Record<"orders" | "inventory", Readonly<Record<string, string>>>>;
  /** Where the output of both services is written. */
  readonly logFile: string;
  readonly ports: { readonly orders: number; readonly inventory: number };
  /** Runs when `inventory` was killed, before it is started again. */
  readonly onInventoryDown?: () => Promise<void> | undefined;
  /** How long a service may take until it answers. @defaultValue 30000 */
  readonly startTimeoutMs?: number;
}

/** Both services of the example, running. They die with this process. */
export interface RunningApp extends AsyncDisposable {
  readonly ordersUrl: string;
  readonly inventoryUrl: string;
  /** Aborted, with what its log says last, when a service ends that nobody ended. */
  readonly signal: AbortSignal;
  /** Process ids of `orders` (the primary) and `inventory`. */
  readonly pids: { readonly orders: number; readonly inventory: number };
  /** Kills one worker of `orders` with SIGKILL; the primary starts another. Gives its process id. */
  killWorker(): Promise<number>;
  /** Kills `inventory` with SIGKILL and starts it again; resolves when it answers. */
  restartInventory(): Promise<void>;
  /** Ends both with SIGTERM, after 15 s with SIGKILL. Idempotent. */
  stop(): Promise<void>;
}

const stopTimeoutMs = 15_000;
const shownLines = 20;
const alive = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});

/**
 * Starts `inventory` and `orders` and waits until both answer.
 *
 * @throws Error with the end of the log when one ends or does not answer in time
 */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const app = new AppProcesses(options);
  try {
    await app.start();
    return app;
  } catch (cause) {
    await app.stop();
    throw cause;
  }
}

class AppProcesses implements RunningApp {
  readonly ordersUrl: string;
  readonly inventoryUrl: string;
  readonly #options: AppOptions;
  readonly #log: WriteStream;
  readonly #http = createHttpClient(1);
  readonly #ended = new AbortController();
  #inventory: ChildProcess | undefined;
  #orders: ChildProcess | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: AppOptions) {
    this.#options = options;
    this.#log = createWriteStream(options.logFile, { flags: "a" });
    this.ordersUrl = `http://127.0.0.1:${options.ports.orders}`;
    this.inventoryUrl = `http://127.0.0.1:${options.ports.inventory}`;
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  get pids(): RunningApp["pids"] {
    return { orders: this.#orders?.pid ?? 0, inventory: this.#inventory?.pid ?? 0 };
  }

  async start(): Promise<void> {
    await once(this.#log, "open");
    this.#inventory = this.#spawn("inventory/server.js");
    await this.#untilHealthy(this.inventoryUrl);
    this.#orders = this.#spawn("orders/primary.js");
    await this.#untilHealthy(this.ordersUrl);
  }

  async killWorker(): Promise<number> {
    const { workers } = await this.#get<{ workers: readonly WorkerState[] }>(`${this.ordersUrl}/workers`);
    const victim = workers[0];
    if (!victim) throw new Error("orders lists no worker");
    process.kill(victim.pid, "SIGKILL");
    return victim.pid;
  }

  async restartInventory(): Promise<void> {
    const old = this.#inventory;
    this.#inventory = undefined;
    if (old) await end(old, "SIGKILL");
    await this.#options.onInventoryDown?.();
    this.#inventory = this.#spawn("inventory/server.js");
    await this.#untilHealthy(this.inventoryUrl);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    const children = [this.#orders, this.#inventory].filter((child) => child !== undefined);
    this.#orders = undefined;
    this.#inventory = undefined;
    await Promise.all(children.map((child) => end(child, "SIGTERM")));
    this.#http.close();
    this.#log.end();
  }

  #spawn(file: string): ChildProcess {
    const { folder, env, serviceEnv, ports } = this.#options;
    const own = serviceEnv?.[file.startsWith("orders/") ? "orders" : "inventory"];
    const child = spawn(process.execPath, [file], {
      cwd: folder,
      env: { ...process.env, ...env, ...own, PORT: String(ports.orders), INVENTORY_PORT: String(ports.inventory) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.pipe(this.#log, { end: false });
    child.stderr.pipe(this.#log, { end: false });
    alive.add(child);
    child.once("close", () => {
      alive.delete(child);
      if (child === this.#orders || child === this.#inventory) void this.#noteEnd(file, child);
    });
    return child;
  }

  async #noteEnd(file: string, child: ChildProcess): Promise<void> {
    const text = await readFile(this.#options.logFile, "utf8");
    const tail = text.trimEnd().split("\n").slice(-shownLines).join("\n");
    this.#ended.abort(new Error(`${file} ended with ${child.signalCode ?? child.exitCode ?? "no code"}:\n${tail}`));
  }

  async #untilHealthy(url: string): Promise<void> {
    await this.#get(`${url}/health`, this.#options.startTimeoutMs);
  }

  #get<Answer>(url: string, timeoutMs = 30_000): Promise<Answer> {
    const deadline = Date.now() + timeoutMs;
    return this.#http.send<Answer>({ method: "GET", url: new URL(url), deadline, signal: this.signal });
  }
}

async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const timer = new AbortController();
  const late = pause(stopTimeoutMs, "late", { signal: timer.signal, ref: false }).catch(() => "in time");
  if ((await Promise.race([ended, late])) === "late") child.kill("SIGKILL");
  await ended;
  timer.abort();
}
