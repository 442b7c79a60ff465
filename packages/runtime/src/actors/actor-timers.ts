import type { actors, Empty, UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError, type ComponentLogger } from "@mecha/spec";
import { messageOf } from "../errors/dapr-error.js";
import type { Clock } from "../scheduling/clock.js";
import { addPeriod } from "../scheduling/dapr-time.js";
import { actorError } from "./actor-errors.js";
import { actorKey, actorPath, checkName, refuseReserved, type ActorAddress } from "./actor-names.js";
import type { ActorTable } from "./actor-table.js";
import { backgroundContext } from "./background-context.js";
import { payloadJson, toPayload } from "./payload.js";
import { readTimerTimes, type TimerTimes } from "./timer-times.js";

/** What timers are made of. */
export interface ActorTimersOptions {
  readonly table: ActorTable;
  readonly clock: Clock;
  readonly logger: ComponentLogger;
}

interface Timer extends TimerTimes {
  readonly request: actors.RegisterActorTimerRequest;
  /** Its payload, as JSON. */
  readonly data: Uint8Array;
  disarm: () => void;
}

/** The timers of actors: in memory, ended with their actor. One does not fire again before its callback has returned. */
export class ActorTimers {
  readonly #options: ActorTimersOptions;
  readonly #timers = new Map<string, Map<string, Timer>>();

  constructor(options: ActorTimersOptions) {
    this.#options = options;
  }

  /** Dapr's RegisterActorTimer: a timer takes the place of one of the same name. */
  readonly register: UnaryHandler<actors.RegisterActorTimerRequest, Empty> = async (request, { metadata }) => {
    refuseReserved(request.actorType);
    checkName(request.name, "timer name");
    this.#remove(request, request.name);
    const data = payloadJson(toPayload(request.data, metadata));
    const timer = { request, data, ...this.#timesOf(request), disarm: () => undefined };
    const ofActor = this.#timers.get(actorKey(request)) ?? new Map<string, Timer>();
    this.#timers.set(actorKey(request), ofActor.set(request.name, timer));
    this.#arm(timer);
    return {};
  };

  /** Dapr's UnregisterActorTimer; nothing happens if there is none. */
  readonly unregister: UnaryHandler<actors.UnregisterActorTimerRequest, Empty> = async (request) => {
    refuseReserved(request.actorType);
    this.#remove(request, request.name);
    return {};
  };

  /** Ends the timers of an actor that is no longer active. */
  drop(address: ActorAddress): void {
    for (const timer of this.#timers.get(actorKey(address))?.values() ?? []) timer.disarm();
    this.#timers.delete(actorKey(address));
  }

  /** Ends all timers. */
  close(): void {
    for (const ofActor of this.#timers.values()) for (const timer of ofActor.values()) timer.disarm();
    this.#timers.clear();
  }

  #timesOf(request: actors.RegisterActorTimerRequest): TimerTimes {
    const { table, clock } = this.#options;
    try {
      if (!table.types.has(request.actorType))
        throw new Error(`can't create timer for actor ${actorPath(request)}: actor type not registered`);
      return readTimerTimes(request, clock.now());
    } catch (thrown) {
      throw actorError("timerCreate", `error creating actor timer: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  #arm(timer: Timer): void {
    timer.disarm = this.#options.clock.at(timer.nextMs, () => void this.#fire(timer));
  }

  async #fire(timer: Timer): Promise<void> {
    const { table, logger } = this.#options;
    const { actorType, actorId, name, callback, dueTime, period } = timer.request;
    const address = { actorType, actorId };
    const event = { ...address, name, callback, dueTime, period, data: timer.data };
    let isCancelled = false;
    try {
      const reply = await table.turn(address, {}, async (host) => {
        // It may have waited for its turn longer than it lived.
        return this.#has(timer) ? host.timer(event, backgroundContext) : { cancel: true };
      });
      isCancelled = reply.cancel === true;
    } catch (thrown) {
      // A timer that fails ticks on, as one that does not.
      logger.warn(`timer "${name}" of actor ${actorPath(address)} failed: ${MechaError.from(thrown).message}`);
    }
    if (this.#has(timer)) this.#next(timer, isCancelled);
  }

  #next(timer: Timer, isCancelled: boolean): void {
    const { period, nextMs, expiresAtMs, left } = timer;
    const followingMs = period === undefined ? undefined : addPeriod(nextMs, period);
    const isOver = followingMs === undefined || left <= 1 || followingMs >= expiresAtMs;
    if (isCancelled || isOver) {
      this.#remove(timer.request, timer.request.name);
      return;
    }
    timer.nextMs = followingMs;
    timer.left = left - 1;
    this.#arm(timer);
  }

  #has({ request }: Timer): boolean {
    return this.#timers.get(actorKey(request))?.get(request.name)?.request === request;
  }

  #remove(address: ActorAddress, name: string): void {
    const ofActor = this.#timers.get(actorKey(address));
    ofActor?.get(name)?.disarm();
    ofActor?.delete(name);
    if (ofActor?.size === 0) this.#timers.delete(actorKey(address));
  }
}
