import { AsyncLocalStorage } from "node:async_hooks";
import type { CallState } from "./turn-state.js";

/** The call, timer or reminder that an actor is handling. */
export interface ActorTurn {
  /** Marks calls that belong together, where the type is reentrant. */
  readonly reentrancyId: string | undefined;
  /** The actor, as long as it is active here. */
  readonly actor: object;
  /** The state as this call sees and changes it. */
  readonly state: CallState;
}

/** An ESM and a CJS copy of this package in one process must see each other's turns. */
const key = Symbol.for("mecha.actor-turn/1");

const global: Partial<Record<symbol, AsyncLocalStorage<ActorTurn>>> = globalThis;

const turns = (global[key] ??= new AsyncLocalStorage());

/** The turn in which this code runs; it follows the code through its awaits. */
export function currentTurn(): ActorTurn | undefined {
  return turns.getStore();
}

/** Runs code as a part of a turn. */
export function runInTurn<T>(turn: ActorTurn, task: () => T): T {
  return turns.run(turn, task);
}
