import { setTimeout as delay } from "node:timers/promises";
import type { actors, AppChannel, CallContext, DaprHandlers, metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { actorError } from "./actor-errors.js";
import { actorPath } from "./actor-names.js";
import type { Engine, EngineContext } from "./engine.js";
import { EngineLost } from "./engine-lost.js";
import type { Neighbours } from "./neighbours.js";
import { isIdempotent, unaryNames, type UnaryRpc } from "./engine-rpcs.js";

/** How often a call looks for an engine, when the process that has it ends or has only begun. */
const mostAttempts = 6;

/** How long the pauses are before an engine is looked for that is lost again and again, in milliseconds. */
const [shortestPauseMs, longestPauseMs] = [20, 5_000];

/** When an engine is looked for again that could not be had, in milliseconds. */
const seekAgainMs = 10_000;

/** Why an app cannot have an actor itself that another one may have. */
const isNotHere: ReadonlySet<string | undefined> = new Set(["ERR_ACTOR_NO_ADDRESS", "ERR_ACTOR_RUNTIME_NOT_FOUND"]);

/** What actors and jobs need; the folder in which processes meet is looked for when one does. */
export type ActorsContext = Omit<EngineContext, "folder"> & { readonly folder: () => string };

/**
 * Actors and jobs of a runtime. Their engine is loaded and opened by the first call, or by the first app that has actors or
 * jobs; a runtime without any pays nothing for it. An engine that is lost is opened again, with the apps that it had.
 */
export class ActorsAndJobs {
  /** Who answers the RPCs of both blocks. */
  readonly handlers: DaprHandlers;
  readonly #context: ActorsContext;
  readonly #attached = new Map<AppChannel, () => void>();
  #engine: Promise<Engine> | undefined;
  #stopSeeking: () => void = () => undefined;
  #lostAtMs = Number.NEGATIVE_INFINITY;
  #pauseMs = 0;
  #others: Promise<Neighbours> | undefined;
  #closing: Promise<void> | undefined;

  constructor(context: ActorsContext) {
    this.#context = context;
    this.handlers = {
      ...this.#unaryHandlers(),
      invokeActor: (request, call) => this.#invoke(request, call),
      subscribeActorEventsAlpha1: (requests, call) => this.#subscribe(requests, call),
    };
  }

  /**
   * Lets actors and jobs come to an app that has any; the result ends that.
   *
   * @throws MechaError if its actors cannot be hosted. Jobs that cannot come are a warning: an app over HTTP cannot say whether it has any.
   */
  async attach(channel: AppChannel): Promise<() => void> {
    const hasActors = channel.actor !== undefined && channel.actor.types.length > 0;
    if (!hasActors && channel.job === undefined) return () => undefined;
    const engine = await this.#open().catch((error: unknown) => {
      if (hasActors) throw error;
      this.#seekLater(error);
      return undefined;
    });
    this.#attached.set(channel, engine?.attach(channel) ?? (() => undefined));
    return () => {
      this.#attached.get(channel)?.();
      this.#attached.delete(channel);
    };
  }

  /** What GetMetadata says of actors; nothing where no engine has been needed. */
  readonly actorRuntime = async (): Promise<metadata.ActorRuntime | undefined> => {
    // An engine that cannot be asked is as good as none: whoever wants to know of actors asks again.
    return this.#engine?.then((engine) => engine.actorRuntime()).catch(() => undefined);
  };

  /** Takes no new calls, waits this long for turns and deliveries under way, then ends. Idempotent. */
  close(timeoutMs: number): Promise<void> {
    return (this.#closing ??= this.#shutDown(timeoutMs));
  }

  async #shutDown(timeoutMs: number): Promise<void> {
    this.#stopSeeking();
    const engine = await this.#engine?.catch(() => undefined);
    await engine?.close(timeoutMs);
    await (await this.#others)?.close();
  }

  #open(): Promise<Engine> {
    if (this.#closing !== undefined) {
      const closed = new MechaError("UNAVAILABLE", "actor runtime is closed", { reason: "ERR_ACTOR_RUNTIME_CLOSED" });
      return Promise.reject(closed);
    }
    if (this.#engine !== undefined) return this.#engine;
    const opening = this.#load();
    this.#engine = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  async #load(): Promise<Engine> {
    const { openEngine } = await import("./open-engine.js");
    const engine: Engine = await openEngine(
      { ...this.#context, folder: this.#context.folder() },
      () => void this.#reopen(),
    );
    for (const channel of this.#attached.keys()) this.#attached.set(channel, engine.attach(channel));
    return engine;
  }

  /** The engine is gone. Whoever has apps for it looks for the next one; calls do so by themselves. */
  async #reopen(): Promise<void> {
    const lost = this.#engine;
    if (lost === undefined || this.#closing !== undefined) return;
    this.#forget(lost);
    await lost.then((engine) => engine.close(0)).catch(() => undefined);
    if (this.#attached.size === 0) return;
    // One that cannot be reached is lost again at once.
    const { clock } = this.#context;
    const isFirst = clock.now() - this.#lostAtMs > longestPauseMs * 2;
    this.#pauseMs = isFirst ? 0 : Math.min(Math.max(this.#pauseMs * 2, shortestPauseMs), longestPauseMs);
    this.#lostAtMs = clock.now();
    this.#seekAt(this.#lostAtMs + this.#pauseMs);
  }

  #seekAt(timeMs: number): void {
    this.#stopSeeking();
    this.#stopSeeking = this.#context.clock.at(timeMs, () => {
      this.#open().catch((error: unknown) => {
        this.#seekLater(error);
      });
    });
  }

  /** Says why the apps get no jobs, and looks again later: another machine may have them as long as its lease lasts. */
  #seekLater(error: unknown): void {
    const { logger, clock } = this.#context;
    const { reason, message } = MechaError.from(error);
    if (this.#closing !== undefined) return;
    // An app that was never told to have actors or jobs need not hear of what they lack.
    if (reason === "ERR_ACTOR_RUNTIME_NOT_FOUND") {
      logger.debug(`no jobs come to the app: ${message}`);
      return;
    }
    logger.warn(`no jobs come to the app for now: ${message}`);
    this.#seekAt(clock.now() + seekAgainMs);
  }

  #forget(engine: Promise<Engine>): void {
    if (this.#engine === engine) this.#engine = undefined;
  }

  #unaryHandlers(): DaprHandlers {
    const entries = unaryNames.map((name) => {
      return [name, (request: never, call: never) => this.#handle(name, request, call)];
    });
    // Each handler passes the messages of its name on to the one of the same name.
    return Object.fromEntries(entries) as DaprHandlers;
  }

  /** Calls an actor of this app, else of another one of the machine. */
  async #invoke(request: actors.InvokeActorRequest, call: CallContext): Promise<actors.InvokeActorResponse> {
    try {
      // The handler of a name answers with the messages of that name.
      return (await this.#handle("invokeActor", request as never, call as never)) as actors.InvokeActorResponse;
    } catch (thrown) {
      if (!MechaError.is(thrown) || !isNotHere.has(thrown.reason)) throw thrown;
      const response = await (await this.#neighbours()).invoke(request, call);
      if (response !== undefined) return response;
      throw actorError("noAddress", `did not find address for actor '${actorPath(request)}'`, {
        component: request.actorType,
        cause: thrown,
      });
    }
  }

  #neighbours(): Promise<Neighbours> {
    const { folder, maxMessageBytes } = this.#context;
    return (this.#others ??= import("./neighbours.js").then(
      (module) => new module.Neighbours(folder(), maxMessageBytes),
    ));
  }

  async #handle(name: UnaryRpc, request: never, call: never): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const { handlers } = await this.#open();
      try {
        return await handlers[name]?.(request, call);
      } catch (thrown) {
        const mayTryAgain = thrown instanceof EngineLost && (thrown.isUnsent || isIdempotent(name));
        if (!mayTryAgain || attempt === mostAttempts) throw thrown;
      }
      // The next one has taken the lease, but may not take calls yet.
      await delay(2 ** attempt * 5);
    }
  }

  async *#subscribe(
    ...[requests, call]: Parameters<NonNullable<DaprHandlers["subscribeActorEventsAlpha1"]>>
  ): ReturnType<NonNullable<DaprHandlers["subscribeActorEventsAlpha1"]>> {
    const { handlers } = await this.#open().catch(refuseHost);
    if (handlers.subscribeActorEventsAlpha1 !== undefined) yield* handlers.subscribeActorEventsAlpha1(requests, call);
  }
}

/** A host that tried again would not fare better: INTERNAL, which daprd answers its callers with, does not say so. */
function refuseHost(thrown: unknown): never {
  const error = MechaError.from(thrown);
  if (error.code !== "INTERNAL") throw error;
  throw new MechaError("CONFIGURATION_INVALID", error.message, { cause: error, operation: "actors.host" });
}
