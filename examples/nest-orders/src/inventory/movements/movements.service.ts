import type { State } from "@mecha/sdk-core";
import { InjectState } from "@mecha/sdk-nest";
import { Injectable } from "@nestjs/common";
import { change } from "../../shared/change.js";
import type { OrderLine } from "../../shared/events.js";

/** Pieces of an article that somebody took. */
export interface Movement {
  readonly count: number;
  /** App id of who took them. */
  readonly by: string;
}

/** Writes down who took what out of the stock. */
@Injectable()
export class MovementsService {
  constructor(@InjectState("store") private readonly store: State<readonly Movement[]>) {}

  async list(sku: string): Promise<readonly Movement[]> {
    return (await this.store.get(keyOf(sku)))?.value ?? [];
  }

  async note(lines: readonly OrderLine[], by: string): Promise<void> {
    for (const { sku, count } of lines) {
      await change(this.store, keyOf(sku), (movements = []) => [...movements, { count, by }]);
    }
  }
}

function keyOf(sku: string): string {
  return `movements-${sku}`;
}
