import type { Mecha, ReceivedEvent, TopicOptions } from "@mecha/sdk-core";
import { eventually } from "../eventually.js";

/** Events of a topic as the facade's loop yields them. */
export interface TopicLoop<T> {
  /** The payload of the next event, which is acknowledged. */
  next(): Promise<T>;
  /** The next event; whoever asks has to acknowledge it. */
  take(): Promise<ReceivedEvent<T>>;
  /** Leaves the loop; what it holds goes back. */
  end(): Promise<void>;
}

/** Subscribes by the facade; resolves once events arrive, which a first one of its own shows. */
export async function startLoop<T>(
  mecha: Mecha,
  name: string,
  topic: string,
  options: TopicOptions = {},
): Promise<TopicLoop<T>> {
  const events = mecha.pubsub(name).subscribe<unknown>(topic, options)[Symbol.asyncIterator]();
  const take = async (): Promise<ReceivedEvent<unknown>> => {
    const next = await events.next();
    if (next.done === true) throw new Error("the subscription ended");
    return next.value;
  };
  const first = take();
  // A broker in memory forgets what comes before the subscription: the probe is sent until one arrives.
  let arrived = false;
  first.then(
    () => (arrived = true),
    () => (arrived = true),
  );
  await eventually("the probe arrives", async () => {
    if (!arrived) await mecha.pubsub(name).publish(topic, probe, { rawPayload: options.rawPayload === true });
    return arrived;
  });
  (await first).ack();
  const takeOwn = async (): Promise<ReceivedEvent<T>> => {
    for (;;) {
      const event = await take();
      // Every test publishes the type that it subscribes to.
      if (!isProbe(event.data)) return event as ReceivedEvent<T>;
      event.ack();
    }
  };
  return {
    take: takeOwn,
    async next() {
      const event = await takeOwn();
      event.ack();
      return event.data;
    },
    async end() {
      await events.return?.();
    },
  };
}

const probe = { probe: true };

function isProbe(data: unknown): boolean {
  const value: unknown = data instanceof Uint8Array ? parsed(data) : data;
  return typeof value === "object" && value !== null && "probe" in value;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  } catch {
    return undefined;
  }
}
