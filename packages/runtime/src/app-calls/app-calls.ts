import type { appCallback, AppChannel } from "@mecha/sdk-core/protocol";
import type { ComponentLogger } from "@mecha/spec";
import type { TopicScopes } from "../pubsub/topic-scopes.js";
import type { Registry } from "../registry.js";
import type { InboundRetries } from "../resiliency/inbound-retries.js";

/** What the app of a runtime is called for, and by what. */
export interface AppCallsContext {
  readonly registry: Registry;
  readonly logger: ComponentLogger;
  readonly scopes: TopicScopes;
  readonly subscriptions: readonly appCallback.TopicSubscription[];
  readonly inboundRetries: InboundRetries;
}

type Stop = (giveUp: Promise<void>) => Promise<void>;

/**
 * What calls the app by itself: topics and input bindings, for as long as a channel to the app is attached. Nothing of it is
 * loaded for an app that takes neither.
 */
export class AppCalls {
  readonly #context: AppCallsContext;
  readonly #stops = new Set<Stop>();
  #hasDeclared = false;

  constructor(context: AppCallsContext) {
    this.#context = context;
  }

  /**
   * Starts what calls a channel; resolves when events from then on will come. Declared subscriptions are the first channel's
   * that takes topics.
   *
   * @returns how to stop: takes no new events and waits for those under way. Idempotent.
   * @throws MechaError for a subscription or binding that cannot be; nothing stays open then
   */
  async start(channel: AppChannel): Promise<() => Promise<void>> {
    const stops: Stop[] = [];
    const stop: Stop = async (giveUp) => {
      if (!this.#stops.delete(stop)) return;
      await Promise.all(stops.map((each) => each(giveUp)));
    };
    this.#stops.add(stop);
    try {
      stops.push(...(await this.#startTopics(channel)));
      stops.push(...(await this.#startBindings(channel)));
    } catch (error) {
      await stop(Promise.resolve());
      throw error;
    }
    return () => stop(new Promise(() => undefined));
  }

  /** Stops everything; waits at most so long for handlers under way. */
  async close(drainTimeoutMs: number): Promise<void> {
    if (this.#stops.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const giveUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, drainTimeoutMs);
    });
    await Promise.allSettled([...this.#stops].map((stop) => stop(giveUp)));
    clearTimeout(timer);
  }

  async #startTopics(channel: AppChannel): Promise<Stop[]> {
    const { registry, logger, scopes, subscriptions, inboundRetries } = this.#context;
    if (channel.topic === undefined) return [];
    const withDeclared = subscriptions.length > 0 && !this.#hasDeclared;
    if (!withDeclared && (channel.subscriptions ?? []).length === 0) return [];
    if (withDeclared) this.#hasDeclared = true;
    const { startAppTopics } = await import("../pubsub/app-topics.js");
    const context = { registry, logger, scopes, retries: inboundRetries, declared: subscriptions };
    const stop = await startAppTopics(channel, context, withDeclared);
    const stopAndFree: Stop = async (giveUp) => {
      if (withDeclared) this.#hasDeclared = false;
      await stop(giveUp);
    };
    return [stopAndFree];
  }

  async #startBindings(channel: AppChannel): Promise<Stop[]> {
    if (channel.binding === undefined) return [];
    const { startAppBindings } = await import("../bindings/app-bindings.js");
    return [await startAppBindings(channel, this.#context)];
  }
}
