import { constants } from "node:os";
import { MechaError } from "@mecha/spec";
import type { AppProcess } from "./app-process.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * What ends a run from outside: signals. They go to the app, but for a terminal's interrupt, which reaches it by itself. Whoever asks a
 * third time does not want to wait: it kills the app, or, before the app is there and after it has ended, this process.
 */
export class Ending {
  /** Aborts when nobody waits for the app to listen any more. */
  readonly waiting: AbortSignal;
  /** Resolves with 0 at the first signal. */
  readonly signalled: Promise<number>;
  readonly #abort = new AbortController();
  readonly #listener: (signal: NodeJS.Signals) => void;
  #app: AppProcess | undefined;
  #signal: NodeJS.Signals | undefined;
  #count = 0;

  constructor() {
    this.waiting = this.#abort.signal;
    let resolveSignalled = (_code: number): void => undefined;
    this.signalled = new Promise((resolve) => {
      resolveSignalled = resolve;
    });
    this.#listener = (signal) => {
      this.#count++;
      this.#signal = signal;
      this.stopWaiting();
      resolveSignalled(0);
      this.#tell(signal);
    };
    for (const signal of signals) process.on(signal, this.#listener);
  }

  /** The last signal that came, if one did. */
  get signal(): NodeJS.Signals | undefined {
    return this.#signal;
  }

  /** Passes signals on to an app, with the one that may have come while it was started. */
  passOn(app: AppProcess): void {
    this.#app = app;
    void app.ended.then(() => (this.#app = undefined));
    if (this.#signal !== undefined) this.#tell(this.#signal);
  }

  stopWaiting(): void {
    this.#abort.abort(new MechaError("CANCELLED", "The run ends"));
  }

  forget(): void {
    for (const signal of signals) process.off(signal, this.#listener);
  }

  #tell(signal: NodeJS.Signals): void {
    if (this.#count > 2) {
      // What starts or closes here cannot be cut short; the end of the process takes its sockets and files along.
      if (this.#app === undefined) process.exit(128 + constants.signals[signal]);
      this.#app.signal("SIGKILL");
    } else if (signal !== "SIGINT" || !process.stdin.isTTY) this.#app?.signal(signal);
  }
}
