import type { ActorChannel } from "@mecha/sdk-core/protocol";
import type { Clock } from "../scheduling/clock.js";
import type { ActorAddress } from "./actor-names.js";
import type { ActorSettings } from "./actor-settings.js";
import { TurnQueue } from "./turn-queue.js";

/** What an active actor is made of. */
export interface ActiveActorOptions {
  readonly address: ActorAddress;
  readonly host: ActorChannel;
  readonly settings: ActorSettings;
  readonly clock: Clock;
  /** Called when nobody has called it for its time. */
  readonly onIdle: (actor: ActiveActor) => void;
}

/** An actor that was called and not yet deactivated: where it lives, and the turns that wait for it. */
export class ActiveActor {
  readonly address: ActorAddress;
  readonly host: ActorChannel;
  readonly settings: ActorSettings;
  readonly queue: TurnQueue;
  /** Whether it is over: those who wait for a turn look for the actor again. */
  isOver = false;
  /** Resolves when its end is over, where it has begun. */
  ending: Promise<void> | undefined;
  readonly #clock: Clock;
  readonly #onIdle: (actor: ActiveActor) => void;
  #idleAtMs = 0;
  #disarm: (() => void) | undefined;

  constructor({ address, host, settings, clock, onIdle }: ActiveActorOptions) {
    this.address = address;
    this.host = host;
    this.settings = settings;
    this.queue = new TurnQueue(settings.maxDepth);
    this.#clock = clock;
    this.#onIdle = onIdle;
    this.touch();
  }

  /** Counts its idle time from now. */
  touch(): void {
    this.#idleAtMs = this.#clock.now() + this.settings.idleTimeoutMs;
    // An alarm that is early looks again: calls come far more often than actors end.
    this.#disarm ??= this.#watch();
  }

  /** Ends its idle time. */
  retire(): void {
    this.isOver = true;
    this.#disarm?.();
  }

  #watch(): () => void {
    return this.#clock.at(this.#idleAtMs, () => {
      if (!this.queue.isIdle) this.#idleAtMs = this.#clock.now() + this.settings.idleTimeoutMs;
      this.#disarm = undefined;
      if (this.#idleAtMs > this.#clock.now()) this.#disarm = this.#watch();
      else this.#onIdle(this);
    });
  }
}
