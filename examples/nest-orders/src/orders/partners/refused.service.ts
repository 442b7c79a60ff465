import type { State, TopicEvent } from "@mecha/sdk-core";
import { CloudEvent, InjectState, Payload, Subscribe } from "@mecha/sdk-nest";
import { Injectable } from "@nestjs/common";
import { change } from "../../shared/change.js";

/** An event that was no order. */
export interface Refused {
  readonly id: string;
  readonly data: unknown;
}

const key = "refused";

/** Keeps the events that no subscriber could use. */
@Injectable()
export class RefusedService {
  constructor(@InjectState("store") private readonly store: State<readonly Refused[]>) {}

  async list(): Promise<readonly Refused[]> {
    return (await this.store.get(key))?.value ?? [];
  }

  /** The dead letter topic of `order.created`. An event may come twice, and is kept once. */
  @Subscribe("events", "order.refused")
  async keep(@Payload() data: unknown, @CloudEvent() { id }: TopicEvent): Promise<void> {
    await change(this.store, key, (kept = []) => [...kept.filter((each) => each.id !== id), { id, data }]);
  }
}
