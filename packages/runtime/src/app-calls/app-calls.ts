import type { appCallback, AppChannel } from "@mecha/sdk-core/protocol";
import type { ComponentLogger } from "@mecha/spec";
import type { AskedApp } from "../app-channel/app-endpoint.js";
import type { AppBindings } from "../bindings/app-bindings.js";
import { messageOf } from "../errors/dapr-error.js";
import type { AppTopics } from "../pubsub/app-topics.js";
import type { TopicScopes } from "../pubsub/topic-scopes.js";
import type { Registry, RunningComponent } from "../registry.js";
import type { Protection } from "../resiliency/protection.js";

/** What the app of a runtime is called for, and by what. */
export interface AppCallsContext {
  readonly registry: Registry;
  readonly logger: ComponentLogger;
  readonly scopes: TopicScopes;
  readonly subscriptions: readonly appCallback.TopicSubscription[];
  readonly protection: Protection | undefined;
}

type Stop = (giveUp: Promise<void>) => Promise<void>;

/** A channel that takes events of topics, with its subscriptions once it has any. */
interface TopicTaker {
  readonly channel: AppChannel;
  readonly isPatient: boolean;
  topics?: AppTopics;
}

/**
 * What calls the app by itself: topics and input bindings, for as long as a channel to the app is attached. Nothing of it is
 * loaded for an app that takes neither.
 */
export class AppCalls {
  readonly #context: AppCallsContext;
  readonly #stops = new Set<Stop>();
  readonly #takers = new Set<TopicTaker>();
  readonly #readers = new Set<AppBindings>();
  #declared: readonly appCallback.TopicSubscription[];
  #isClosing = false;

  constructor(context: AppCallsContext) {
    this.#context = context;
    this.#declared = context.subscriptions;
  }

  /** The topics that resources declare. */
  get declared(): readonly appCallback.TopicSubscription[] {
    return this.#declared;
  }

  /** The topics that the app lists, without those of a list that cannot be used. */
  get listed(): readonly appCallback.TopicSubscription[] {
    return [...this.#takers].flatMap(({ topics }) => topics?.listed ?? []);
  }

  /** Calls the app for these topics too, instead of those that resources declared before. */
  async declare(subscriptions: readonly appCallback.TopicSubscription[]): Promise<void> {
    this.#declared = subscriptions;
    const [first] = this.#takers;
    if (first !== undefined) await this.#openTopics(first);
  }

  /** Calls the app for an input binding that is new, if the app wants its events; reports one that cannot be read. */
  async addBinding(running: RunningComponent<"bindings">): Promise<void> {
    const { logger } = this.#context;
    for (const reader of this.#readers)
      await reader.consider(running).catch((error: unknown) => {
        logger.error(`no events of the input binding "${running.name}" come to the app: ${messageOf(error)}`);
      });
  }

  /**
   * Starts what calls a channel; resolves when events from then on will come. Declared subscriptions are the first channel's
   * that takes topics.
   *
   * @param asked - who says what the app takes besides what its channel lists; such an app may list what is not loaded
   * @returns how to stop: takes no new events and waits for those under way. Idempotent.
   * @throws MechaError for a subscription or binding that cannot be; nothing stays open then
   */
  async start(channel: AppChannel, asked?: AskedApp): Promise<() => Promise<void>> {
    const stops: Stop[] = [];
    const stop: Stop = async (giveUp) => {
      if (!this.#stops.delete(stop)) return;
      await Promise.all(stops.map((each) => each(giveUp)));
    };
    this.#stops.add(stop);
    try {
      stops.push(...(await this.#startTopics(channel, asked !== undefined)));
      stops.push(...(await this.#startBindings(channel, asked)));
    } catch (error) {
      await stop(Promise.resolve());
      throw error;
    }
    return () => stop(new Promise(() => undefined));
  }

  /** Stops everything; waits at most so long for handlers under way. */
  async close(drainTimeoutMs: number): Promise<void> {
    this.#isClosing = true;
    if (this.#stops.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const giveUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, drainTimeoutMs);
    });
    await Promise.allSettled([...this.#stops].map((stop) => stop(giveUp)));
    clearTimeout(timer);
  }

  async #startTopics(channel: AppChannel, isPatient: boolean): Promise<Stop[]> {
    if (channel.topic === undefined) return [];
    const taker: TopicTaker = { channel, isPatient };
    this.#takers.add(taker);
    const stop: Stop = async (giveUp) => {
      this.#takers.delete(taker);
      await taker.topics?.stop(giveUp);
      const [next] = this.#takers;
      if (next !== undefined && !this.#isClosing) await this.#openTopics(next);
    };
    try {
      await this.#openTopics(taker);
      return [stop];
    } catch (error) {
      this.#takers.delete(taker);
      throw error;
    }
  }

  async #openTopics(taker: TopicTaker): Promise<void> {
    const { registry, logger, scopes, protection } = this.#context;
    const [first] = this.#takers;
    const declared = taker === first ? this.#declared : [];
    const listed = taker.channel.subscriptions ?? [];
    if (taker.topics === undefined && declared.length === 0 && listed.length === 0) return;
    if (taker.topics === undefined) {
      const { startAppTopics } = await import("../pubsub/app-topics.js");
      taker.topics = await startAppTopics(taker.channel, {
        ...{ registry, logger, scopes, protection },
        isPatient: taker.isPatient,
      });
    }
    await taker.topics.declare(declared);
  }

  async #startBindings(channel: AppChannel, asked: AskedApp | undefined): Promise<Stop[]> {
    if (channel.binding === undefined) return [];
    const { startAppBindings } = await import("../bindings/app-bindings.js");
    const reader = await startAppBindings(channel, { ...this.#context, asked });
    this.#readers.add(reader);
    return [
      (giveUp) => {
        this.#readers.delete(reader);
        return reader.stop(giveUp);
      },
    ];
  }
}
