import type { ActorChannel, CallContext } from "@mecha/sdk-core/protocol";
import { MechaError, type ComponentLogger } from "@mecha/spec";
import { onCallEnd } from "../doors/cancellation.js";
import type { Clock } from "../scheduling/clock.js";
import { ActiveActor } from "./active-actor.js";
import { actorError } from "./actor-errors.js";
import { actorKey, actorPath, noAddress, type ActorAddress } from "./actor-names.js";
import { ActorTypes } from "./actor-types.js";
import { backgroundContext } from "./background-context.js";
import { hostLost } from "./app-failure.js";

/** What a table of actors is made of. */
export interface ActorTableOptions {
  readonly clock: Clock;
  readonly logger: ComponentLogger;
  /** Puts around a host what shall be around its turns. @defaultValue nothing */
  readonly wrapHost?: (host: ActorChannel) => ActorChannel;
  /** Hears of actors that are no longer active. */
  readonly onEnded: (address: ActorAddress) => void;
  /** Hears that other types can be called from now on. */
  readonly onTypes: () => void;
}

/** How a turn is asked for. */
export interface TurnRequest {
  /** Tells calls that belong together. */
  readonly reentrancyId?: string | undefined;
  /** Whoever waits for it may give up until it begins. */
  readonly context?: CallContext;
}

/** The actors of an app: which types it has where, which actors are active, whose turn it is. */
export class ActorTable {
  readonly types = new ActorTypes();
  readonly #options: ActorTableOptions;
  readonly #actors = new Map<string, ActiveActor>();
  #closed = false;

  constructor(options: ActorTableOptions) {
    this.#options = options;
  }

  /** Takes in what hosts actors; the result forgets it and its actors, which it has let go itself. */
  host(hosting: ActorChannel): () => void {
    const channel = this.#options.wrapHost?.(hosting) ?? hosting;
    const remove = this.types.add(channel);
    this.#options.onTypes();
    return () => {
      remove();
      this.#options.onTypes();
      for (const actor of this.#actors.values()) if (actor.host === channel) this.#forget(actor);
    };
  }

  /** Whether an actor is active. */
  has(address: ActorAddress): boolean {
    return this.#actors.has(actorKey(address));
  }

  /** How many actors are active, by type. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>(this.types.names.map((type) => [type, 0]));
    for (const { address } of this.#actors.values())
      counts.set(address.actorType, (counts.get(address.actorType) ?? 0) + 1);
    return counts;
  }

  /**
   * Runs a task in a turn of an actor, which is made active if it is not.
   *
   * @throws MechaError `FAILED_PRECONDITION` if nobody has its type, `RESOURCE_EXHAUSTED` for calls that go too deep
   */
  async turn<T>(
    address: ActorAddress,
    { reentrancyId, context }: TurnRequest,
    task: (host: ActorChannel) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const actor = await this.#activeActor(address);
      const outcome = await actor.queue.run(
        reentrancyId,
        async () => (actor.isOver ? again : { value: await task(actor.host) }),
        context && ((leave) => onCallEnd(context, (reason) => leave(toError(reason)))),
      );
      if (outcome !== again) return outcome.value;
    }
  }

  /** Takes no new turns, gives those under way the time of their types (but no more than this), then lets all actors go. */
  async close(timeoutMs: number): Promise<void> {
    this.#closed = true;
    await Promise.all(
      [...this.#actors.values()].map(async (actor) => {
        await within(actor.queue.idle(), Math.min(timeoutMs, actor.settings.drainTimeoutMs));
        await within(this.#deactivate(actor), timeoutMs);
      }),
    );
  }

  async #activeActor(address: ActorAddress): Promise<ActiveActor> {
    const key = actorKey(address);
    for (;;) {
      if (this.#closed) throw actorError("runtimeClosed", "actor runtime is closed", { component: address.actorType });
      const actor = this.#actors.get(key);
      if (actor === undefined) return this.#activate(address, key);
      if (actor.ending === undefined) {
        actor.touch();
        return actor;
      }
      // A new life begins when the old one is over.
      await actor.ending;
    }
  }

  #activate(address: ActorAddress, key: string): ActiveActor {
    const { actorType, actorId } = address;
    const hosted = this.types.find(actorType);
    if (hosted === undefined) throw noAddress(address);
    const actor = new ActiveActor({
      address: { actorType, actorId },
      ...hosted,
      clock: this.#options.clock,
      onIdle: (idle) => void this.#deactivate(idle),
    });
    this.#actors.set(key, actor);
    return actor;
  }

  #deactivate(actor: ActiveActor): Promise<void> {
    return (actor.ending ??= this.#end(actor));
  }

  async #end(actor: ActiveActor): Promise<void> {
    actor.retire();
    try {
      await actor.host.deactivate(actor.address, backgroundContext);
    } catch (error) {
      const { code, message } = MechaError.from(error);
      // An app that has ended has taken its actors with it.
      const log = code === "UNAVAILABLE" ? "debug" : "warn";
      this.#options.logger[log](`deactivating actor ${actorPath(actor.address)} failed: ${message}`);
    } finally {
      this.#forget(actor);
    }
  }

  #forget(actor: ActiveActor): void {
    actor.retire();
    const key = actorKey(actor.address);
    if (this.#actors.get(key) !== actor) return;
    this.#actors.delete(key);
    this.#options.onEnded(actor.address);
  }
}

/** What a turn of an actor that is over comes to. */
const again = Symbol("again");

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : hostLost();
}

async function within(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
  clearTimeout(timer);
}
