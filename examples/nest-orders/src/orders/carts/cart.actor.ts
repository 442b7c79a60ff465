import type { ActorContext, PubSub } from "@mecha/sdk-core";
import { Actor, ActorMethod, InjectActorContext, InjectPubSub, OnReminder, OnTimer } from "@mecha/sdk-nest";
import { ConflictException } from "@nestjs/common";
import { ConfigService } from "@nestjs/config";
import { OrderLine } from "../../shared/events.js";
import { OpenCarts } from "./open-carts.js";

/** A cart as its customer sees it. */
export interface Cart {
  readonly lines: readonly OrderLine[];
  readonly status: "open" | "closed";
  /** When something was put into it for the last time, in milliseconds since 1970. */
  readonly changedAt: number;
}

const hour = 3_600_000;

/** One customer's cart: whatever happens to it happens one thing after the other. */
@Actor("Cart")
export class CartActor {
  constructor(
    @InjectActorContext() private readonly actor: ActorContext,
    @InjectPubSub("events") private readonly events: PubSub,
    private readonly openCarts: OpenCarts,
    private readonly config: ConfigService,
  ) {}

  @ActorMethod("show")
  async show(): Promise<Cart> {
    return (await this.actor.state.get<Cart>("cart")) ?? { lines: [], status: "open", changedAt: 0 };
  }

  @ActorMethod("add")
  async add(line: OrderLine): Promise<Cart> {
    const { lines, status } = await this.show();
    if (status === "closed") throw new ConflictException(`cart ${this.actor.id} is closed`);
    if (lines.length === 0) await this.openCarts.add(this.actor.id);
    const dueInMs = Number(this.config.get("CART_FORGOTTEN_MS", hour));
    await this.actor.reminders.register("forgotten", { dueInMs });
    // Again with each line: what is put in quickly is told once.
    await this.actor.timers.register("changed", { callback: "tell", dueInMs: 200 });
    return this.keep({ lines: [...lines, line], status, changedAt: Date.now() });
  }

  @ActorMethod("close")
  async close(): Promise<Cart> {
    await this.actor.reminders.unregister("forgotten");
    await this.openCarts.remove(this.actor.id);
    return this.keep({ ...(await this.show()), status: "closed" });
  }

  /** Not worth a reminder, which outlives the process: the next change tells it too. */
  @OnTimer("tell")
  async tell(): Promise<void> {
    const { lines } = await this.show();
    await this.events.publish("cart.changed", { cart: this.actor.id, lines });
  }

  @OnReminder("forgotten")
  async forgotten(): Promise<void> {
    await this.events.publish("cart.forgotten", { cart: this.actor.id });
  }

  private keep(cart: Cart): Cart {
    this.actor.state.set("cart", cart);
    return cart;
  }
}
