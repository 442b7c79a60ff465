import { randomUUID } from "node:crypto";
import { openSubscription, type OpenSubscription } from "@mecha/sdk-core";
import { daprMethods, type Transport } from "@mecha/sdk-core/protocol";
import type { Bus, BusMessage } from "./bus.js";

/** The pub/sub component that carries messages, and the topic. */
export interface RuntimeBusOptions {
  readonly pubsub: string;
  readonly topic: string;
}

/** A message as it is published: bytes as base64. */
interface Parcel {
  readonly origin: string;
  readonly kind: BusMessage["kind"];
  readonly channel: string;
  readonly payload: string;
}

/** Carries messages through a pub/sub component of the runtime: all on one topic, which every process gets as a whole. */
export function createRuntimeBus(transport: Transport, { pubsub, topic }: RuntimeBusOptions): Bus {
  const origin = randomUUID();
  let subscription: OpenSubscription | undefined;
  return {
    async send({ kind, channel, payload }) {
      const parcel: Parcel = {
        origin,
        kind,
        channel: Buffer.from(channel, "latin1").toString("base64"),
        payload: payload.toString("base64"),
      };
      const data = Buffer.from(JSON.stringify(parcel));
      await transport.unary(daprMethods.publishEvent, {
        pubsubName: pubsub,
        topic,
        data,
        dataContentType: "application/json",
        metadata: {},
      });
    },
    listen(receive) {
      const target = { pubsubName: pubsub, topic, metadata: { broadcast: "true" } };
      subscription ??= openSubscription(transport, target, (event) => {
        // Only this adapter publishes to the topic.
        const parcel = JSON.parse(Buffer.from(event.data).toString()) as Parcel;
        if (parcel.origin !== origin) {
          const channel = Buffer.from(parcel.channel, "base64").toString("latin1");
          receive({ kind: parcel.kind, channel, payload: Buffer.from(parcel.payload, "base64") });
        }
        return Promise.resolve("success" as const);
      });
      return subscription.ready;
    },
    rest() {
      void subscription?.close();
      subscription = undefined;
    },
  };
}
