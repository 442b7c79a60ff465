import type { State } from "@mecha/sdk-core";
import { InjectState } from "@mecha/sdk-nest";
import { Injectable } from "@nestjs/common";
import { change } from "../../shared/change.js";

const key = "open-carts";

/** Knows which carts are open: nobody can ask for all actors. */
@Injectable()
export class OpenCarts {
  constructor(@InjectState("store") private readonly store: State<readonly string[]>) {}

  async list(): Promise<readonly string[]> {
    return (await this.store.get(key))?.value ?? [];
  }

  async add(id: string): Promise<void> {
    await change(this.store, key, (ids = []) => (ids.includes(id) ? ids : [...ids, id]));
  }

  async remove(id: string): Promise<void> {
    await change(this.store, key, (ids = []) => ids.filter((each) => each !== id));
  }
}
