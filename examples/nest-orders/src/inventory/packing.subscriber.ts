import { setTimeout } from "node:timers/promises";
import type { PubSub, State } from "@mecha/sdk-core";
import { InjectPubSub, InjectState, Payload, Subscribe } from "@mecha/sdk-nest";
import { Injectable } from "@nestjs/common";
import { ConfigService } from "@nestjs/config";
import { trace } from "@opentelemetry/api";
import { largeOrder, OrderCreated } from "../shared/events.js";

/** How far the packing of an order is. */
export interface Packing {
  readonly status: "packing" | "packed";
  readonly kind: "parcel" | "pallet";
  /** How often it was begun. */
  readonly attempts: number;
  /** The trace of whoever ordered it. */
  readonly traceId: string | undefined;
}

/** Packs every order that was created, and says so. */
@Injectable()
export class PackingSubscriber {
  constructor(
    @InjectState("store") private readonly store: State<Packing>,
    @InjectPubSub("events") private readonly events: PubSub,
    private readonly config: ConfigService,
  ) {}

  async packingOf(id: string): Promise<Packing | undefined> {
    return (await this.store.get(keyOf(id)))?.value;
  }

  /**
   * An order that is no order goes to `order.refused`: the validating pipe throws, and there is a dead letter topic. Whatever else
   * goes wrong, the death of the process included, the event comes again.
   */
  @Subscribe("events", "order.created", { deadLetterTopic: "order.refused" })
  async pack(@Payload() order: OrderCreated): Promise<void> {
    await this.packAs("parcel", order);
  }

  /** The same for what does not fit into a parcel, as the type of its event says. */
  @Subscribe("events", "order.created", { deadLetterTopic: "order.refused", rules: `event.type == "${largeOrder}"` })
  async load(@Payload() order: OrderCreated): Promise<void> {
    await this.packAs("pallet", order);
  }

  private async packAs(kind: Packing["kind"], { id, lines }: OrderCreated): Promise<void> {
    const attempts = ((await this.packingOf(id))?.attempts ?? 0) + 1;
    const packing = { kind, attempts, traceId: trace.getActiveSpan()?.spanContext().traceId };
    await this.store.save(keyOf(id), { ...packing, status: "packing" });
    await setTimeout(lines.length * Number(this.config.get("PACKING_MS", "10")));
    await this.store.save(keyOf(id), { ...packing, status: "packed" });
    await this.events.publish("order.packed", { id });
  }
}

function keyOf(id: string): string {
  return `packing-${id}`;
}
