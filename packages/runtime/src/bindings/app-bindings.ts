import type { AppChannel } from "@mecha/sdk-core/protocol";
import type { ComponentLogger, Subscription } from "@mecha/spec";
import type { AskedApp } from "../app-channel/app-endpoint.js";
import { OpenCalls } from "../app-calls/open-calls.js";
import type { Registry, RunningComponent } from "../registry.js";
import type { Protection } from "../resiliency/protection.js";
import { inputOf, isExplicitInput } from "./binding-direction.js";
import { bringEvent } from "./bring-event.js";

/** What the app is called for input bindings by. */
export interface AppBindingsContext {
  readonly registry: Registry;
  readonly logger: ComponentLogger;
  readonly protection: Protection | undefined;
  /** Who says which bindings the app wants besides those that its channel lists. @defaultValue nobody does */
  readonly asked?: AskedApp | undefined;
}

/** The input bindings that are read for an app. */
export interface AppBindings {
  /**
   * Reads a binding, too, if the app wants it.
   *
   * @throws MechaError if it cannot be read, or the app does not say whether it wants it
   */
  consider(running: RunningComponent<"bindings">): Promise<void>;
  /** Takes no new events, and waits for those under way until `giveUp` resolves. */
  stop(giveUp: Promise<void>): Promise<void>;
}

/**
 * Starts to read the input bindings that an app wants: those that its channel lists; if it lists none, those whose `direction` is
 * input; and those for which it says so when it is asked. Resolves when events from then on will come.
 *
 * @throws MechaError if a binding cannot be read; nothing stays open then
 */
export async function startAppBindings(channel: AppChannel, context: AppBindingsContext): Promise<AppBindings> {
  const bindings = new ReadBindings(channel, context);
  try {
    for (const name of channel.bindings ?? []) {
      // As in daprd, that is no failure: the same app runs on other folders too.
      if (bindings.loaded(name) === undefined)
        context.logger.warn(`the app handles the input binding "${name}", which is not loaded here`);
      await bindings.read(name);
    }
    for (const running of context.registry.all) if (running.kind === "bindings") await bindings.consider(running);
  } catch (error) {
    await bindings.stop(Promise.resolve());
    throw error;
  }
  return bindings;
}

const nothing: Subscription = { close: () => Promise.resolve() };

class ReadBindings implements AppBindings {
  readonly #channel: AppChannel;
  readonly #context: AppBindingsContext;
  readonly #calls = new OpenCalls();
  readonly #closing = new AbortController();
  readonly #open = new Map<string, Subscription>();

  constructor(channel: AppChannel, context: AppBindingsContext) {
    this.#channel = channel;
    this.#context = context;
  }

  /** The input binding of a name, if there is one. */
  loaded(name: string): RunningComponent<"bindings"> | undefined {
    const running = this.#context.registry.find("bindings", name);
    return running !== undefined && inputOf(running) !== undefined ? running : undefined;
  }

  async consider(running: RunningComponent): Promise<void> {
    const { name } = running;
    const binding = this.loaded(name);
    if (binding === undefined || this.#open.has(name)) return;
    if (await this.#wants(binding)) await this.read(name);
  }

  /** Reads a binding; one that is not loaded, when it comes. */
  async read(name: string): Promise<void> {
    const { registry, protection, logger } = this.#context;
    const brought = {
      ...{ name, registry, logger },
      channel: this.#channel,
      calls: this.#calls,
      closing: this.#closing.signal,
      policy: protection?.inbound(name, "bindings"),
    };
    const open = async (running: RunningComponent<"bindings">): Promise<Subscription> =>
      (await inputOf(running)?.read((event) => bringEvent({ ...brought, event }))) ?? nothing;
    // Two that read at once would both have an event that a schedule makes.
    const reading = await registry.hold({ kind: "bindings", name, open, oldFirst: true });
    this.#open.set(name, reading);
    // The app may have gone while this one opened.
    if (this.#closing.signal.aborted) await reading.close();
  }

  async stop(giveUp: Promise<void>): Promise<void> {
    this.#closing.abort();
    const closed = Promise.all([...this.#open.values()].map((reading) => reading.close()));
    await Promise.race([closed, giveUp]);
    this.#calls.giveUp();
    await closed;
  }

  async #wants(binding: RunningComponent<"bindings">): Promise<boolean> {
    const { asked } = this.#context;
    // An app in this process that has a list has all in it.
    if (asked === undefined && this.#channel.bindings !== undefined) return false;
    return isExplicitInput(binding) || ((await asked?.wantsEvents(binding.name)) ?? false);
  }
}
