import { randomUUID } from "node:crypto";
import { metadata, type AppChannel, type DaprHandlers } from "@mecha/sdk-core/protocol";
import { deliverJob, type JobReceiver } from "../jobs/deliver-job.js";
import { jobHandlers } from "../jobs/job-handlers.js";
import { renewalMs, type HeldLease } from "../scheduling/lease.js";
import { ScheduleStore } from "../scheduling/schedule-store.js";
import { Scheduler } from "../scheduling/scheduler.js";
import { schedulerKeys } from "../scheduling/scheduler-keys.js";
import {
  getActorReminder,
  listActorReminders,
  registerActorReminder,
  unregisterActorReminder,
  unregisterActorRemindersByType,
} from "./actor-reminders.js";
import { publishedActors, type PublishedActors } from "./actor-entry.js";
import { executeActorStateTransaction, getActorState } from "./actor-state.js";
import type { ActorStore } from "./actor-store.js";
import { ActorTable } from "./actor-table.js";
import { ActorTimers } from "./actor-timers.js";
import { deliverReminder } from "./deliver-reminder.js";
import type { Engine, EngineContext } from "./engine.js";
import { openEngineDoor, type EngineDoor } from "./engine-door.js";
import { invokeActor } from "./invoke-actor.js";
import type { StreamHost } from "./stream-host.js";
import { subscribeActorEvents } from "./subscribe-actor-events.js";

/** What the engine of this process is made of. */
export interface LocalEngineContext extends EngineContext {
  /** Hears that another process has taken the lease; the engine is to be closed then. */
  readonly onLost: () => void;
}

/** The engine of the process that has the lease: it alone holds turns, fires timers, reminders and jobs. */
export class LocalEngine implements Engine {
  readonly handlers: DaprHandlers;
  readonly #context: LocalEngineContext;
  readonly #lease: HeldLease;
  readonly #store: ScheduleStore;
  readonly #scheduler: Scheduler;
  readonly #table: ActorTable;
  readonly #timers: ActorTimers;
  readonly #streams = new Set<StreamHost>();
  readonly #receivers = new Map<string, JobReceiver>();
  #door: EngineDoor | undefined;
  #published: PublishedActors | undefined;
  #stopRenewing: () => void = () => undefined;
  #closing: Promise<void> | undefined;

  constructor(context: LocalEngineContext, actorStore: ActorStore, lease: HeldLease) {
    const { appId, clock, logger, protection, onLost } = context;
    this.#context = context;
    this.#lease = lease;
    this.#store = new ScheduleStore({
      store: actorStore.bare,
      storeName: actorStore.name,
      keys: schedulerKeys(appId),
      lease,
      onLost,
    });
    this.#scheduler = new Scheduler({
      store: this.#store,
      clock,
      logger,
      deliver: (registration) =>
        registration.target.kind === "job"
          ? deliverJob(registration, [...this.#receivers.values()], logger)
          : deliverReminder(registration, this.#table, logger),
    });
    this.#table = new ActorTable({
      clock,
      logger,
      ...(protection !== undefined && { wrapHost: (host) => protection.actorHost(host) }),
      onEnded: (address) => this.#timers.drop(address),
      onTypes: () => {
        this.#published?.publish(this.#table.types.names);
        this.#scheduler.wake();
      },
    });
    this.#timers = new ActorTimers({ table: this.#table, clock, logger });
    this.handlers = this.#blocks({ appId, actorStore });
  }

  /**
   * Takes up what is scheduled, takes calls of other processes, and renews the lease from now on.
   *
   * @param socket - name of the socket, as the lease has it
   */
  async start(socket: string): Promise<void> {
    const { appId, folder, maxMessageBytes, logger } = this.#context;
    await this.#scheduler.start();
    this.#renewLater();
    try {
      this.#door = await openEngineDoor({
        folder,
        socket,
        maxMessageBytes,
        handlers: { ...this.handlers, getMetadata: () => this.#metadata() },
        receive: (receiver) => this.receive(receiver),
      });
    } catch (error) {
      // For the apps of this process all is well: a folder that cannot be written, as in a function's container, has no others.
      logger.warn(`other processes of this machine cannot reach the actors and jobs of the app: ${String(error)}`);
      return;
    }
    this.#published = publishedActors(folder, appId, socket);
    this.#published.publish(this.#table.types.names);
  }

  attach({ job, actor }: AppChannel): () => void {
    const leave = [
      ...(actor === undefined || actor.types.length === 0 ? [] : [this.#table.host(actor)]),
      ...(job === undefined ? [] : [this.receive(job)]),
    ];
    return () => {
      for (const each of leave) each();
    };
  }

  /** Brings jobs to a receiver, until the result is called. */
  receive(receiver: JobReceiver): () => void {
    const id = randomUUID();
    this.#receivers.set(id, receiver);
    this.#scheduler.wake();
    return () => void this.#receivers.delete(id);
  }

  actorRuntime(): Promise<metadata.ActorRuntime> {
    const activeActors = [...this.#table.counts()].map(([type, count]) => ({ type, count }));
    return Promise.resolve({
      runtimeStatus: metadata.ActorRuntime_ActorRuntimeStatus.RUNNING,
      activeActors,
      hostReady: activeActors.length > 0,
      placement: "this machine",
    });
  }

  close(timeoutMs: number): Promise<void> {
    return (this.#closing ??= this.#shutDown(timeoutMs));
  }

  async #shutDown(timeoutMs: number): Promise<void> {
    const { logger } = this.#context;
    this.#published?.remove();
    this.#stopRenewing();
    this.#timers.close();
    await this.#scheduler.close(timeoutMs);
    await this.#table.close(timeoutMs);
    for (const stream of this.#streams) stream.end();
    // Others look for the next engine as soon as the door is closed.
    await this.#lease
      .release()
      .catch((error: unknown) => logger.warn(`giving back the lease failed: ${String(error)}`));
    await this.#door?.close();
  }

  async #metadata(): Promise<metadata.GetMetadataResponse> {
    return { ...metadata.GetMetadataResponse.fromPartial({}), actorRuntime: await this.actorRuntime() };
  }

  #renewLater(): void {
    const { clock, logger } = this.#context;
    this.#stopRenewing = clock.at(clock.now() + renewalMs, () => {
      void this.#store
        .renew()
        // What could not be delivered while the store was away has nobody else to wake it.
        .then(() => this.#scheduler.wake())
        .catch((error: unknown) => logger.warn(`renewing the lease of actors and jobs failed: ${String(error)}`))
        .finally(() => {
          if (this.#closing === undefined) this.#renewLater();
        });
    });
  }

  #blocks(state: { readonly appId: string; readonly actorStore: ActorStore }): DaprHandlers {
    const table = this.#table;
    const reminders = { scheduler: this.#scheduler, types: table.types };
    return {
      ...jobHandlers(this.#scheduler),
      invokeActor: invokeActor(table),
      getActorState: getActorState({ ...state, table }),
      executeActorStateTransaction: executeActorStateTransaction({ ...state, table }),
      registerActorTimer: this.#timers.register,
      unregisterActorTimer: this.#timers.unregister,
      registerActorReminder: registerActorReminder(reminders),
      unregisterActorReminder: unregisterActorReminder(reminders),
      unregisterActorRemindersByType: unregisterActorRemindersByType(reminders),
      getActorReminder: getActorReminder(reminders),
      listActorReminders: listActorReminders(reminders),
      subscribeActorEventsAlpha1: subscribeActorEvents(table, this.#streams),
    };
  }
}
