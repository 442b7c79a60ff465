import { MechaError } from "@mecha/spec";
import type { AppSettings } from "./app-settings.js";
import type { Log } from "./log.js";
import { startSidecar, type Sidecar } from "./sidecar.js";

/** A sidecar that may start its runtime again. */
export interface RestartingSidecar extends Omit<Sidecar, "settled"> {
  /** Rejects when its runtime did not start again. */
  readonly failed: Promise<never>;
}

/**
 * Starts a runtime and opens its doors, and does so again, at the same addresses, when resources have changed that are read at the start
 * alone: Resiliency, HTTPEndpoint and the Configuration. daprd does the same: calls under way end first, the app is connected anew, and
 * what components hold in memory alone is gone.
 */
export async function startRestartingSidecar(settings: AppSettings, log: Log): Promise<RestartingSidecar> {
  const restarting = new Restarting(settings, log);
  await restarting.start();
  return restarting;
}

class Restarting implements RestartingSidecar {
  readonly asked: Promise<void>;
  readonly failed: Promise<never>;
  readonly #log: Log;
  #settings: AppSettings;
  #current: Sidecar | undefined;
  #changing: Promise<void> = Promise.resolve();
  #untilApp: AbortSignal | undefined;
  #leaving = new AbortController();
  #isClosed = false;
  #tellAsked = (): void => undefined;
  #fail = (_reason: unknown): void => undefined;

  constructor(settings: AppSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
    this.asked = new Promise((resolve) => (this.#tellAsked = resolve));
    this.failed = new Promise<never>((_, reject) => (this.#fail = reject));
    // Whoever does not listen is not to end the process.
    this.failed.catch(() => undefined);
  }

  get environment(): Sidecar["environment"] {
    return this.#running.environment;
  }

  async start(): Promise<void> {
    const sidecar = await startSidecar(this.#settings, this.#log, (kinds) => this.#restart(kinds));
    this.#current = sidecar;
    // Further runtimes are found where the app knows the first one to be.
    this.#settings = sidecar.settled;
    void sidecar.asked.then(() => {
      if (sidecar === this.#current) this.#tellAsked();
    });
  }

  describe(): Promise<readonly string[]> {
    return this.#running.describe();
  }

  async connectApp(signal: AbortSignal): Promise<void> {
    this.#untilApp = signal;
    await this.#connect(signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#changing;
    await this.#current?.close();
  }

  get #running(): Sidecar {
    if (this.#current === undefined) throw new MechaError("UNAVAILABLE", "The runtime is being started again");
    return this.#current;
  }

  #restart(kinds: readonly string[]): void {
    this.#changing = this.#changing.then(() => this.#startAgain(kinds)).catch(this.#fail);
  }

  async #startAgain(kinds: readonly string[]): Promise<void> {
    if (this.#isClosed) return;
    this.#log.info(`${kinds.join(" and ")} resources have changed, so the runtime starts again, as daprd does`);
    const old = this.#running;
    this.#current = undefined;
    this.#leaving.abort();
    await old.close();
    await this.start();
    for (const line of await this.describe()) this.#log.info(line);
    if (this.#untilApp !== undefined) this.#connect(this.#untilApp).catch(this.#fail);
  }

  /** Resolves when the app is connected, or the runtime makes place for another one, which is to connect it. */
  async #connect(signal: AbortSignal): Promise<void> {
    const sidecar = this.#running;
    const leaving = new AbortController();
    this.#leaving = leaving;
    const leave = (): void => leaving.abort(signal.reason);
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    try {
      await sidecar.connectApp(leaving.signal);
    } catch (error) {
      if (sidecar === this.#current) throw error;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }
}
