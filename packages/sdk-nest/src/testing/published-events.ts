import type { Interceptor } from "@mecha/sdk-core";
import type { pubsub as messages } from "@mecha/sdk-core/protocol";

/** An event that the app has published. */
export interface PublishedEvent {
  readonly pubsub: string;
  readonly topic: string;
  /** The payload: parsed if it is JSON, text if its type is text, else bytes. */
  readonly data: unknown;
  readonly contentType: string;
  /** What was said for the component; attributes of a CloudEvent stand here with the prefix `cloudevent.`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const path = /\.Dapr\/(?:PublishEvent|BulkPublishEvent(?:Alpha1)?)$/;

/** Keeps what goes to a pub/sub component. */
export class PublishedEvents implements Interceptor {
  readonly #events: PublishedEvent[] = [];

  /** The events up to now, of a topic if one is named. */
  list(pubsub?: string, topic?: string): readonly PublishedEvent[] {
    return this.#events.filter(
      (event) => (pubsub ?? event.pubsub) === event.pubsub && (topic ?? event.topic) === event.topic,
    );
  }

  /** Forgets them. */
  clear(): void {
    this.#events.length = 0;
  }

  readonly unary: NonNullable<Interceptor["unary"]> = async (call, next) => {
    const reply = await next(call);
    if (path.test(call.path)) {
      // Both methods have the same request but for the entries of the second.
      this.#note(call.request as messages.PublishEventRequest | messages.BulkPublishRequest);
    }
    return reply;
  };

  #note(request: messages.PublishEventRequest | messages.BulkPublishRequest): void {
    const { pubsubName: pubsub, topic, metadata } = request;
    if (!("entries" in request)) {
      const { data, dataContentType: contentType } = request;
      this.#events.push({ pubsub, topic, data: decode(data, contentType), contentType, metadata });
      return;
    }
    for (const { event, contentType, metadata: own } of request.entries) {
      const data = decode(event, contentType);
      this.#events.push({ pubsub, topic, data, contentType, metadata: { ...metadata, ...own } });
    }
  }
}

function decode(bytes: Uint8Array, contentType: string): unknown {
  const type = contentType.split(";", 1)[0]?.trim() ?? "";
  if (type !== "application/json" && !type.endsWith("+json")) return type.startsWith("text/") ? textOf(bytes) : bytes;
  return JSON.parse(textOf(bytes)) as unknown;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
