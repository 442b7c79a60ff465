import type { Actor, Jobs, Mecha } from "@mecha/sdk-core";
import { InjectJobs, InjectMecha, OnConfiguration, OnJob, Payload } from "@mecha/sdk-nest";
import { Injectable, type OnApplicationBootstrap, ParseIntPipe } from "@nestjs/common";
import { ConfigService } from "@nestjs/config";
import type { CartActor } from "./cart.actor.js";
import { OpenCarts } from "./open-carts.js";

const minute = 60_000;

/** The setting that says how often idle carts are looked for, in milliseconds. */
const period = "close-carts-every-ms";

/** Reaches the carts, and closes those that nobody uses. */
@Injectable()
export class CartsService implements OnApplicationBootstrap {
  constructor(
    @InjectMecha() private readonly mecha: Mecha,
    @InjectJobs() private readonly jobs: Jobs,
    private readonly openCarts: OpenCarts,
    private readonly config: ConfigService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.schedule(Number(this.config.get(period, minute)));
  }

  /** One job for all processes of the app: each schedules the same one, also when somebody changes how often it comes. */
  @OnConfiguration("settings", period)
  async schedule(@Payload(period, ParseIntPipe) everyMs: number): Promise<void> {
    await this.jobs.schedule("close-carts", { schedule: { everyMs }, overwrite: true });
  }

  cart(id: string): Actor<CartActor> {
    return this.mecha.actor<CartActor>("Cart", id);
  }

  @OnJob("close-carts")
  async closeCarts(): Promise<void> {
    const latest = Date.now() - Number(this.config.get("CART_IDLE_MS", 30 * minute));
    for (const id of await this.openCarts.list()) {
      const cart = this.cart(id);
      if ((await cart.show()).changedAt <= latest) await cart.close();
    }
  }
}
