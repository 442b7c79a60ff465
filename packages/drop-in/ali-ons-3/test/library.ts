import { setTimeout as delay } from "node:timers/promises";
import type { Message } from "ali-ons-upstream/lib/index.js";

/** What apps use of a producer, in the original and in the drop-in. */
export interface AnyProducer {
  ready(): Promise<void>;
  send(message: Message): Promise<{ sendStatus: string; msgId: string; messageQueue: object; queueOffset: number }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface AnyConsumer {
  ready(): Promise<void>;
  subscribe(topic: string, ...rest: unknown[]): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** ali-ons, or what stands in for it. */
export interface Library {
  readonly Message: typeof Message;
  readonly Producer: new (options: object) => AnyProducer;
  readonly Consumer: (new (options: object) => AnyConsumer) & { readonly ACTION_RETRY: symbol };
}

/** Loads only the one that is asked for: the start of a process shall not cost that of both. */
export async function load(kind: "original" | "drop-in"): Promise<Library> {
  const library: unknown =
    kind === "drop-in" ? await import("../src/index.js") : await import("ali-ons-upstream/lib/index.js");
  // The original has no types; these are the parts that tests use.
  return library as Library;
}

export const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Options as an app gives them. Only the original uses the address; credentials are made up. */
export function optionsFor(nameServer: string, group: string, more: object = {}): object {
  const httpclient = { request: () => Promise.reject(new Error("not needed")) };
  return {
    nameSrv: [nameServer],
    httpclient,
    logger: silent,
    producerGroup: group,
    consumerGroup: group,
    accessKeyId: "LTAI-test",
    ...more,
  };
}

/** Sends messages with the tag `warm-up` until the consumer says that one arrived: its queues are assigned then. */
export async function warmUp(
  { Message }: Library,
  producer: AnyProducer,
  topic: string,
  hasArrived: () => boolean,
): Promise<void> {
  for (let tries = 0; !hasArrived(); tries++) {
    if (tries > 100) throw new Error(`no message of topic ${topic} arrived`);
    await producer.send(new Message(topic, "warm-up", "warm-up"));
    await delay(200);
  }
}
