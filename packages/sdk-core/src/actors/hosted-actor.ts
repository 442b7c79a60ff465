import { MechaError } from "@mecha/spec";
import type { ActorAddress } from "../app/actor-channel.js";
import type { Transport } from "../transport/transport.js";
import { actorsMethods } from "../generated/methods/actors.js";
import { callOf } from "../transport/call-options.js";
import { actorName } from "./actor-address.js";
import type { ActorClass, ActorContext, ActorFactory, ActorLifecycle, ActorState } from "./actor-definition.js";
import { createActorReminders } from "./actor-reminders.js";
import { createActorState } from "./actor-state.js";
import { createActorTimers } from "./actor-timers.js";
import { currentTurn, runInTurn } from "./actor-turn.js";
import { TurnLock } from "./turn-lock.js";
import { CallState, type StateSource, TurnState } from "./turn-state.js";

/** The object of an actor that is active, and the end of its activation. */
interface Activation {
  readonly object: object & ActorLifecycle;
  readonly lost: AbortController;
}

/** What is the same for all turns of an actor. */
export interface HostedActorOptions {
  readonly transport: Transport;
  readonly address: ActorAddress;
  readonly definition: ActorClass | ActorFactory;
  /** How many calls one turn may be made of; 1 where the type is not reentrant. */
  readonly maxDepth: number;
}

/** How one call comes in. */
export interface TurnOptions {
  readonly reentrancyId?: string | undefined;
  /** Fires when nobody waits for the answer any more: a call that has not begun by then is not begun. */
  readonly signal: AbortSignal;
}

/**
 * One actor of this host: one object at most, one turn at a time. The first turn activates it; two first calls share that
 * activation, because the second waits for the turn of the first.
 */
export class HostedActor {
  readonly #options: HostedActorOptions;
  readonly #lock: TurnLock;
  #activation: Activation | undefined;
  #isActivating = false;
  /** The state of the turn under way. */
  #turnState: TurnState | undefined;

  constructor(options: HostedActorOptions) {
    this.#options = options;
    this.#lock = new TurnLock(options.maxDepth);
  }

  get address(): ActorAddress {
    return this.#options.address;
  }

  /** Whether there is neither an object nor a turn. */
  get isGone(): boolean {
    return this.#activation === undefined && this.#lock.isIdle;
  }

  /** Whether a call with this id belongs to the turn under way. */
  isEnteredBy(id: string | undefined): boolean {
    return this.#lock.isEnteredBy(id);
  }

  /** Handles a call, timer or reminder in a turn: its changes of the state are saved when it is done, dropped when it fails. */
  turn<T>(options: TurnOptions, task: (object: object & ActorLifecycle) => Promise<T>): Promise<T> {
    const { reentrancyId, signal } = options;
    return this.#lock.run(reentrancyId, async () => {
      if (signal.aborted) {
        throw this.#error("CANCELLED", "nobody waits for this call any more; it was not begun");
      }
      const activation = this.#activation ?? (await this.#activate(reentrancyId));
      return this.#call(activation, reentrancyId, () => task(activation.object));
    });
  }

  /** Lets the object go: no more changes from now on, and its end after the turns under way. */
  async deactivate(): Promise<void> {
    this.#activation?.lost.abort();
    await this.#lock.run(undefined, async () => {
      const activation = this.#activation;
      this.#activation = undefined;
      if (activation?.object.onDeactivate === undefined) return;
      activation.lost.abort();
      const state = new CallState(new TurnState(this.#source(activation)), { writable: false });
      const turn = { reentrancyId: undefined, actor: this, state };
      await runInTurn(turn, async () => activation.object.onDeactivate?.()).finally(() => {
        state.end();
      });
    });
  }

  /** Resolves when there is no turn any more. */
  async idle(): Promise<void> {
    await this.#lock.run(undefined, () => Promise.resolve());
  }

  async #activate(reentrancyId: string | undefined): Promise<Activation> {
    if (this.#isActivating) {
      throw this.#error("FAILED_PRECONDITION", "it is called back while it is being activated");
    }
    this.#isActivating = true;
    try {
      const lost = new AbortController();
      const activation = { object: this.#create(lost.signal), lost };
      await this.#call(activation, reentrancyId, async () => activation.object.onActivate?.());
      this.#activation = activation;
      return activation;
    } finally {
      this.#isActivating = false;
    }
  }

  #create(signal: AbortSignal): object & ActorLifecycle {
    const { definition, transport, address } = this.#options;
    const context: ActorContext = {
      type: address.actorType,
      id: address.actorId,
      state: this.#state(),
      timers: createActorTimers({ transport }, address),
      reminders: createActorReminders({ transport }, address),
      signal,
    };
    return typeof definition === "function" ? new definition(context) : definition.create(context);
  }

  /** One call of a turn; the last change of the state is saved by the first of them to end well. */
  async #call<T>(activation: Activation, reentrancyId: string | undefined, task: () => Promise<T>): Promise<T> {
    const isFirst = this.#turnState === undefined;
    const turnState = (this.#turnState ??= new TurnState(this.#source(activation)));
    const state = new CallState(turnState);
    try {
      const result = await runInTurn({ reentrancyId, actor: this, state }, task);
      state.end();
      // A call within a turn leaves its changes to the turn; one that has outlived it has nobody else to save them.
      if (isFirst || this.#turnState !== turnState) await turnState.save();
      return result;
    } catch (error) {
      state.rollBack();
      throw error;
    } finally {
      if (isFirst) this.#turnState = undefined;
    }
  }

  #source({ lost }: Activation): StateSource {
    const { transport, address } = this.#options;
    const store = createActorState({ transport }, address);
    const getting = { operation: "actors.getState", component: address.actorType, idempotent: true };
    return {
      address,
      read: async (key) => {
        const request = { ...address, key };
        const { data } = await transport.unary(actorsMethods.getActorState, request, callOf(getting));
        return data.length === 0 ? undefined : data;
      },
      write: async (changes) => {
        if (lost.signal.aborted) {
          throw this.#error("ABORTED", "it was deactivated in the middle of the turn, whose changes are not saved");
        }
        await store.transaction(changes);
      },
    };
  }

  /** The state of whichever call uses it. */
  #state(): ActorState {
    const ofCall = (): CallState => {
      const turn = currentTurn();
      if (turn?.actor === this) return turn.state;
      throw this.#error("FAILED_PRECONDITION", "its state can be used only while it handles a call, timer or reminder");
    };
    return {
      get: async (key) => ofCall().get(key),
      contains: async (key) => ofCall().contains(key),
      set: (key, value, options) => {
        ofCall().set(key, value, options);
      },
      remove: (key) => {
        ofCall().remove(key);
      },
      save: async () => ofCall().save(),
    };
  }

  #error(code: "ABORTED" | "CANCELLED" | "FAILED_PRECONDITION", what: string): MechaError {
    const { address } = this.#options;
    const name = actorName(address);
    return new MechaError(code, `A${name.slice(1)}: ${what}`, {
      operation: "actors.turn",
      component: address.actorType,
    });
  }
}
