import { randomUUID } from "node:crypto";
import type {
  ComponentLogger,
  DeliveryOutcome,
  InboundMessage,
  StateOperation,
  StateSet,
  Subscription,
} from "@mecha/spec";
import { componentFailure, messageOf } from "../errors/dapr-error.js";
import type { Registry, RunningComponent } from "../registry.js";
import { makeOutboxEvent } from "./outbox-event.js";
import type { OutboxSettings } from "./outbox-settings.js";

/** What outboxes are made from. */
export interface OutboxContext {
  readonly registry: Registry;
  readonly appId: string;
  readonly logger: ComponentLogger;
}

/** How long to wait before each further look for the marker of a transaction, in milliseconds: 10 s in all, as daprd. */
const waitsMs = [100, 400, 1_500, 3_000, 3_000, 2_000];

/**
 * The outboxes of state stores: each write of a transaction is published if, and only if, the transaction holds.
 *
 * Before the transaction, an event for each write goes to an internal topic; the transaction writes a marker for each. Who gets
 * the internal event looks for its marker, publishes the event and takes the marker away. Topics and markers are daprd's, so a
 * daprd of the same app can do it too.
 */
export class Outbox {
  readonly #context: OutboxContext;
  readonly #settings: ReadonlyMap<string, OutboxSettings>;
  readonly #subscriptions: Subscription[] = [];
  readonly #closing = new AbortController();

  private constructor(context: OutboxContext, settings: readonly OutboxSettings[]) {
    this.#context = context;
    this.#settings = new Map(settings.map((one) => [one.storeName, one]));
  }

  /**
   * Opens the outboxes.
   *
   * @throws MechaError if a pub/sub component that one names is not there, or cannot be subscribed to
   */
  static async open(context: OutboxContext, settings: readonly OutboxSettings[]): Promise<Outbox> {
    const outbox = new Outbox(context, settings);
    try {
      for (const one of settings) await outbox.#subscribe(one);
      return outbox;
    } catch (error) {
      await outbox.close();
      throw error;
    }
  }

  /**
   * Publishes the events of a transaction to the internal topic; gives the operations to apply: those of the transaction
   * without projections, and the markers. For a store without an outbox these are the operations as they are.
   *
   * @throws MechaError if the events cannot be published: the transaction is not to be applied then
   */
  async prepare(storeName: string, operations: readonly StateOperation[]): Promise<readonly StateOperation[]> {
    const settings = this.#settings.get(storeName);
    if (settings === undefined) return operations;
    const projections = new Map<string, StateSet>();
    const kept: StateOperation[] = [];
    for (const operation of operations) {
      if (operation.type === "set" && isProjection(operation)) projections.set(operation.key, operation);
      else kept.push(operation);
    }
    const events = kept.flatMap((operation) => {
      if (operation.type !== "set") return [];
      const id = `outbox-${randomUUID()}`;
      const payload = projections.get(operation.key) ?? operation;
      const metadata = operation.metadata ?? {};
      return [{ id, data: makeOutboxEvent({ id, appId: this.#context.appId, payload, metadata, settings }) }];
    });
    if (events.length > 0) await this.#publish(settings.outboxPubSub, this.#internalTopic(settings), events);
    const markers = events.map(({ id }): StateSet => ({ type: "set", key: id, value: Buffer.from('"0"') }));
    return [...kept, ...markers];
  }

  /** Takes no more events, and waits for those under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#subscriptions.splice(0).map((subscription) => subscription.close()));
  }

  /** As daprd names it. */
  #internalTopic({ publishTopic }: OutboxSettings): string {
    return `${process.env["NAMESPACE"] ?? ""}${this.#context.appId}${publishTopic}outbox`;
  }

  async #subscribe(settings: OutboxSettings): Promise<void> {
    const { registry } = this.#context;
    registry.get("pubsub", settings.publishPubSub);
    registry.get("pubsub", settings.outboxPubSub);
    // What it forwards uses other components too, which may be replaced meanwhile.
    const handler = (message: InboundMessage): Promise<DeliveryOutcome> =>
      registry.calls.during(this.#forward(message, settings));
    const open = ({ component }: RunningComponent<"pubsub">): Promise<Subscription> =>
      component.subscribe(this.#internalTopic(settings), handler, { metadata: {} });
    this.#subscriptions.push(await registry.hold({ kind: "pubsub", name: settings.outboxPubSub, open }));
  }

  async #forward(message: InboundMessage, settings: OutboxSettings): Promise<DeliveryOutcome> {
    const { registry, logger } = this.#context;
    const event = JSON.parse(Buffer.from(message.data).toString("utf8")) as Readonly<Record<string, unknown>>;
    const id = typeof event["id"] === "string" ? event["id"] : "";
    const store = registry.get("state", settings.storeName).component;
    if (!(await this.#isApplied(id, settings.storeName))) {
      if (this.#closing.signal.aborted) return "retry";
      const fate = settings.discardsWhenMissing ? "it is discarded" : "it is kept for later";
      logger.error(`event ${id} of the outbox of "${settings.storeName}" has no transaction: ${fate}`);
      return settings.discardsWhenMissing ? "drop" : "retry";
    }
    const { publishPubSub, publishTopic } = settings;
    const isAddressed = event["topic"] === publishTopic && event["pubsubname"] === publishPubSub;
    const addressed = { ...event, topic: publishTopic, pubsubname: publishPubSub };
    // One that daprd made has no address yet.
    const data = isAddressed ? message.data : Buffer.from(JSON.stringify(addressed));
    await this.#publish(publishPubSub, publishTopic, [{ data }]);
    await store.write([{ type: "delete", key: id }], { atomic: true });
    return "success";
  }

  /** Looks for the marker until it is there, or the transaction has had its time. */
  async #isApplied(key: string, storeName: string): Promise<boolean> {
    const store = this.#context.registry.get("state", storeName).component;
    for (const waitMs of [0, ...waitsMs]) {
      if (waitMs > 0) await this.#pause(waitMs);
      if (this.#closing.signal.aborted) return false;
      const [record] = await store.get([key]);
      if (record !== undefined) return true;
    }
    return false;
  }

  #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#closing;
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener("abort", end);
    });
  }

  async #publish(pubsubName: string, topic: string, events: readonly { readonly data: Uint8Array }[]): Promise<void> {
    const { component } = this.#context.registry.get("pubsub", pubsubName);
    const contentType = "application/cloudevents+json";
    const messages = events.map(({ data }) => ({ data, contentType, metadata: {} }));
    const results = await component.publish(topic, messages);
    const failed = results.find((result) => result !== undefined);
    if (failed === undefined) return;
    const problem = `the event of an outbox could not be published to topic ${topic} in pubsub ${pubsubName}`;
    throw componentFailure("pubsubPublish", `${problem}: ${messageOf(failed)}`, failed, pubsubName);
  }
}

/** Whether a write is not stored: it says what the event of the other write to its key carries. */
function isProjection({ metadata }: StateSet): boolean {
  return ["true", "t", "yes", "y", "on", "1"].includes(metadata?.["outbox.projection"] ?? "");
}
