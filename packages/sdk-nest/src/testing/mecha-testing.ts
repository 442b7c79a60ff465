import { randomUUID } from "node:crypto";
import { createMecha, type InvokeOptions, type Mecha, type PublishOptions, type TopicEvent } from "@mecha/sdk-core";
import { putStandIn } from "../configuration/stand-in.js";
import { connectedToken, type ConnectedRuntime, optionsToken } from "../module/connected-runtime.js";
import type { MechaModuleOptions } from "../module/mecha-module-options.js";
import { defaultRuntimeName, mechaToken } from "../module/runtime-name.js";
import type { SettledCall } from "../handlers/observe-calls.js";
import { fireBinding, fireJob } from "./fire.js";
import { type PublishedEvent, PublishedEvents } from "./published-events.js";
import { type CallFilter, SettledCalls } from "./settled-calls.js";
import { setConfiguration } from "./set-configuration.js";
import { startTestingRuntime, type TestingRuntime, type TestingRuntimeOptions } from "./testing-runtime.js";

/** How a test's runtime is made. */
export interface MechaTestingOptions extends TestingRuntimeOptions {
  /** Name of the runtime that it stands for. @defaultValue `default` */
  readonly runtime?: string;
  /**
   * The runtime of another app of the test, which can invoke this one, and the other way round. They have the folder in common
   * against which components resolve relative paths; what is in memory each has for itself. Close this one first.
   *
   * @defaultValue none: the app is alone
   */
  readonly beside?: MechaTesting;
  /** How long is waited for a handler, in milliseconds. @defaultValue 10000 */
  readonly timeoutMs?: number;
}

/** What of `Test.createTestingModule()` is used; it has no types of `@nestjs/testing` here, which an app may not have. */
interface ModuleBuilder {
  overrideProvider(token: unknown): {
    useFactory(options: { factory: (...injected: never[]) => unknown; inject?: unknown[] }): unknown;
    useValue(value: unknown): unknown;
  };
}

/** The runtime of a test, and what a test does with it. Calls come in as in production: by the runtime, through all of Nest. */
export class MechaTesting implements AsyncDisposable {
  /** A connection as another app has one: nothing that it publishes is listed. */
  readonly mecha: Mecha;
  readonly #runtime: TestingRuntime;
  readonly #options: MechaTestingOptions;
  readonly #published = new PublishedEvents();
  readonly #settled = new SettledCalls();
  #leave: (() => void) | undefined;

  private constructor(runtime: TestingRuntime, options: MechaTestingOptions) {
    this.#runtime = runtime;
    this.#options = options;
    this.mecha = createMecha(runtime.connection, runtime.appId, { release: () => Promise.resolve() });
  }

  /** Starts an embedded runtime for a test; it ends with `close()`. */
  static async start(options: MechaTestingOptions = {}): Promise<MechaTesting> {
    const { beside } = options;
    const neighbour = beside === undefined ? undefined : beside.#runtime.baseFolder;
    return new MechaTesting(await startTestingRuntime(options, neighbour), options);
  }

  /**
   * Has a module be connected to this runtime, whatever its `forRoot()` says, and loaders of configuration read from it, whatever
   * their `connection` says.
   */
  override<T extends ModuleBuilder>(builder: T): T {
    const name = this.#options.runtime ?? defaultRuntimeName;
    const { connection, appId } = this.#runtime;
    const mecha = createMecha(connection, appId, { interceptors: [this.#published], release: () => Promise.resolve() });
    this.#leave = putStandIn(mecha);
    builder.overrideProvider(mechaToken(name)).useValue(mecha);
    builder.overrideProvider(connectedToken(name)).useFactory({
      inject: [optionsToken],
      factory: (options: MechaModuleOptions): ConnectedRuntime => ({ mecha, options, observer: this.#settled.add }),
    });
    return builder;
  }

  /** Publishes an event, and waits until a handler is through with it: what it returned or threw, and what becomes of the event. */
  async publish(pubsub: string, topic: string, data?: unknown, options: PublishOptions = {}): Promise<SettledCall> {
    const id = options.cloudEvent?.id ?? randomUUID();
    const isRaw = options.rawPayload === true;
    const filter: CallFilter = ({ context }) => {
      if (context.component !== pubsub || context.name !== topic) return false;
      return isRaw || eventsOf(context.message).some((event) => event.id === id);
    };
    const cloudEvent = isRaw ? {} : { cloudEvent: { ...options.cloudEvent, id } };
    return this.#next(filter, `the event of topic "${topic}"`, () =>
      this.mecha.pubsub(pubsub).publish(topic, data, { ...options, ...cloudEvent }),
    );
  }

  /** Invokes a method of the app. */
  async invoke<T>(method: string, data?: unknown, options?: InvokeOptions): Promise<T> {
    return this.mecha.app(this.#runtime.appId).invoke<T>(method, data, options);
  }

  /** Has an input binding bring an event; resolves with the handler's answer. */
  async fireBinding<T>(name: string, data?: unknown, metadata: Readonly<Record<string, string>> = {}): Promise<T> {
    return fireBinding<T>(this.#runtime.channels, name, { data, metadata });
  }

  /** Has a job be due; rejects with what the handler threw. */
  async fireJob(name: string, data?: unknown): Promise<void> {
    await fireJob(this.#runtime.channels, name, data);
  }

  /** Reminds an actor at once, and waits until it has handled that. */
  async fireReminder(type: string, id: string, name: string, data?: unknown): Promise<SettledCall> {
    const filter: CallFilter = ({ context }) =>
      context.kind === "reminder" && context.component === type && context.name === name;
    return this.#next(filter, `reminder "${name}" of actor "${type}/${id}"`, () =>
      this.mecha.actor(type, id).reminders.register(name, { dueInMs: 0, data }),
    );
  }

  /**
   * Changes values of a store of type `configuration.in-memory`, as somebody would in production; `undefined` removes one. The
   * app hears of it a little later: wait for `nextCall()`, or for the `changes` of a `LiveValue`.
   */
  setConfiguration(store: string, values: Readonly<Record<string, string | undefined>>): void {
    setConfiguration(store, values);
  }

  /** The next call of a handler that fits, by whatever it comes. */
  async nextCall(filter: CallFilter): Promise<SettledCall> {
    return this.#next(filter, "a call that fits");
  }

  #next(filter: CallFilter, what: string, begin?: () => Promise<unknown>): Promise<SettledCall> {
    return this.#settled.next({ filter, what, timeoutMs: this.#options.timeoutMs ?? 10_000 }, begin);
  }

  /** What the app has published up to now, of a topic if one is named. */
  published(pubsub?: string, topic?: string): readonly PublishedEvent[] {
    return this.#published.list(pubsub, topic);
  }

  /** Forgets what the app has published. */
  clear(): void {
    this.#published.clear();
  }

  /** Ends the runtime; close the app first. Idempotent. */
  async close(): Promise<void> {
    this.#leave?.();
    await this.mecha.close();
    await this.#runtime.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The events of a call: one, or a batch. */
function eventsOf(message: unknown): readonly TopicEvent[] {
  // Only topics are asked for.
  return Array.isArray(message) ? (message as TopicEvent[]) : [message as TopicEvent];
}
