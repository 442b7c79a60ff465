import { MechaError } from "@mecha/spec";
import type { FacadeContext } from "../facade-context.js";
import { configurationMethods } from "../generated/methods/configuration.js";
import { startDeadline } from "../grpc/deadline-timer.js";
import { only } from "../stream/only.js";
import { PushQueue } from "../stream/push-queue.js";
import { reopenWithBackoff } from "../stream/reopen-with-backoff.js";
import { callOf, type CallEnd } from "../transport/call-options.js";
import type { Metadata } from "../transport/transport.js";
import { toValues, type ConfigurationValues } from "./configuration-value.js";
import { KnownValues } from "./known-values.js";

/** A running configuration subscription: yields the values that changed. Leaving the loop ends it, as `close()` does. */
export interface ConfigurationSubscription extends AsyncIterable<ConfigurationValues>, AsyncDisposable {
  /** Ends the subscription; what was announced before can still be read. Idempotent. */
  close(): Promise<void>;
}

/** How to subscribe. `deadline` and `timeoutMs` say how long beginning may take; the signal ends the subscription. */
export interface ConfigurationSubscribeOptions extends CallEnd {
  /** What the component wants to know besides the keys; its own page lists the names. */
  readonly metadata?: Metadata;
  /**
   * Called when the stream broke (it is being reopened), or the subscription ended for good (`fatal`; its loop ends with the
   * same error).
   *
   * @defaultValue a process warning for a stream that is being reopened
   */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
}

/** What is subscribed to. */
export interface ConfigurationTarget {
  readonly storeName: string;
  readonly keys: readonly string[];
}

/** How long the runtime may take to hear that a subscription is over, in milliseconds. */
const unsubscribeTimeoutMs = 2_000;

/** When a sidecar has surely begun to listen to its store, in milliseconds; daprd says so before. */
const settledAfterMs = 1_000;

/**
 * Follows configuration values (SubscribeConfiguration). A stream that ends is reopened; then all keys are read anew and
 * what changed meanwhile is told, and nothing twice.
 */
export class ReopeningSubscription implements ConfigurationSubscription {
  /** Resolves once changes from now on will be seen; rejects if the runtime refuses, or cannot be reached at first. */
  readonly ready: Promise<void>;
  readonly #context: FacadeContext;
  readonly #request: { readonly storeName: string; readonly keys: string[]; readonly metadata: Record<string, string> };
  readonly #known = new KnownValues();
  readonly #changes = new PushQueue<ConfigurationValues>();
  /** No new life of the stream. */
  readonly #stopping = new AbortController();
  /** Ends the stream, if the runtime does not. */
  readonly #hangingUp = new AbortController();
  readonly #running: Promise<void>;
  /** The runtime's name for the stream that is open. */
  #id: string | undefined;
  #hasBegun = false;
  #beginning: { resolve: () => void; reject: (error: MechaError) => void } | undefined;
  #closing: Promise<void> | undefined;

  constructor(context: FacadeContext, target: ConfigurationTarget, options: ConfigurationSubscribeOptions) {
    this.#context = context;
    this.#request = { storeName: target.storeName, keys: [...target.keys], metadata: { ...options.metadata } };
    this.ready = new Promise((resolve, reject) => {
      this.#beginning = { resolve, reject };
    });
    // Whoever does not wait for the beginning learns of its failure from the iteration.
    this.ready.catch(() => undefined);
    const { onError = warn } = options;
    this.#running = this.#run(onError, this.#endings(options));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ConfigurationValues, void, undefined> {
    try {
      yield* this.#changes;
    } finally {
      await this.close();
    }
  }

  /** Has all that may end the subscription do so; the result takes that back. */
  #endings(options: ConfigurationSubscribeOptions): () => void {
    const { signal } = options;
    const onAbort = (): void => {
      if (!this.#hasBegun) {
        this.#fail(new MechaError("CANCELLED", `${this.#attempt} was cancelled`, { cause: signal?.reason }));
      }
      void this.close();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    const { deadline } = callOf(this.#subject("subscribe"), options);
    const stopTimer = startDeadline((deadline ?? Number.POSITIVE_INFINITY) - Date.now(), () => {
      this.#fail(new MechaError("DEADLINE_EXCEEDED", `${this.#attempt} took longer than it may`));
    });
    this.ready.then(stopTimer, stopTimer);
    const forget = this.#context.open.add(() => this.close());
    if (signal?.aborted === true) onAbort();
    return () => {
      signal?.removeEventListener("abort", onAbort);
      forget();
    };
  }

  async #run(onError: (error: MechaError, fatal: boolean) => void, forget: () => void): Promise<void> {
    try {
      await reopenWithBackoff((opened) => this.#live(opened), {
        signal: this.#stopping.signal,
        attempt: this.#attempt,
        onError,
      });
      this.#changes.end();
    } catch (thrown) {
      this.#fail(MechaError.from(thrown, this.#attempt));
    } finally {
      // Closed before it began: nobody is left waiting.
      this.#beginning?.resolve();
      forget();
    }
  }

  /** One stream, from its opening to its end. */
  async #live(opened: () => void): Promise<void> {
    const { transport } = this.#context;
    const call = callOf(this.#subject("subscribe"), { signal: this.#hangingUp.signal });
    const stream = transport.stream(configurationMethods.subscribeConfiguration, only(this.#request), call);
    const responses = stream[Symbol.asyncIterator]();
    let stopTimer: (() => void) | undefined;
    try {
      const first = await responses.next();
      if (first.done === true) throw new MechaError("UNAVAILABLE", `${this.#attempt}: the stream ended at once`);
      this.#id = first.value.id;
      this.#tell(this.#known.announced(toValues(first.value.items)));
      await this.#readAnew();
      opened();
      this.#begun();
      if (this.#context.connection.mode === "sidecar") stopTimer = this.#readWhenSettled();
      for (let next = await responses.next(); next.done !== true; next = await responses.next()) {
        this.#tell(this.#known.announced(toValues(next.value.items)));
      }
    } catch (thrown) {
      if (this.#hasBegun) throw thrown;
      // Whoever subscribes decides whether to try again.
      this.#fail(MechaError.from(thrown, this.#attempt));
    } finally {
      stopTimer?.();
      this.#id = undefined;
      await responses.return?.().catch(() => undefined);
    }
  }

  #begun(): void {
    this.#hasBegun = true;
    this.#beginning?.resolve();
  }

  /** Reads all keys: the first time to know what they are, then to find what was missed. */
  async #readAnew(): Promise<void> {
    const call = callOf({ ...this.#subject("get"), idempotent: true }, { signal: this.#hangingUp.signal });
    const { items } = await this.#context.transport.unary(configurationMethods.getConfiguration, this.#request, call);
    if (this.#hasBegun) this.#tell(this.#known.read(toValues(items)));
    else this.#known.begin(toValues(items));
  }

  /** daprd answers before its store listens (Redis): what changed in between is found by reading once more. */
  #readWhenSettled(): () => void {
    return startDeadline(settledAfterMs, () => {
      // A runtime that cannot be read now has other troubles, and its stream says so.
      this.#readAnew().catch(() => undefined);
    });
  }

  #tell(news: ConfigurationValues): void {
    if (news.size > 0) this.#changes.push(news);
  }

  /** Ends the subscription with an error; nothing happens if it is over. */
  #fail(error: MechaError): void {
    this.#beginning?.reject(error);
    this.#changes.fail(error);
    this.#stopping.abort();
    this.#hangingUp.abort();
  }

  async #close(): Promise<void> {
    this.#stopping.abort();
    const { storeName } = this.#request;
    const id = this.#id;
    if (id !== undefined) {
      const call = callOf(this.#subject("unsubscribe"), { timeoutMs: unsubscribeTimeoutMs });
      const request = { storeName, id };
      // One that is not heard ends with its stream.
      await this.#context.transport
        .unary(configurationMethods.unsubscribeConfiguration, request, call)
        .catch(() => undefined);
    }
    this.#hangingUp.abort();
    await this.#running;
  }

  get #attempt(): string {
    return `Following the configuration store "${this.#request.storeName}"`;
  }

  #subject(verb: string): { readonly operation: string; readonly component: string } {
    return { operation: `configuration.${verb}`, component: this.#request.storeName };
  }
}

function warn(error: MechaError, fatal: boolean): void {
  if (!fatal) process.emitWarning(error.message, "MechaWarning", error.code);
}
