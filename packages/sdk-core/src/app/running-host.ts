import { MechaError } from "@mecha/spec";
import { ActorRuntime } from "../actors/actor-runtime.js";
import { openActorStream } from "../actors/actor-stream.js";
import type { RuntimeConnection } from "../connection/runtime-connection.js";
import type { FacadeContext } from "../facade-context.js";
import type { GetMetadataResponse } from "../generated/dapr/proto/runtime/v1/metadata.js";
import { metadataMethods } from "../generated/methods/metadata.js";
import type { AppRouter } from "../http/app-router.js";
import { callOf } from "../transport/call-options.js";
import type { AppChannel } from "./app-channel.js";
import { createTokenCheck } from "./app-token.js";
import { defaultMaximumBodyBytes } from "./collect-body.js";
import { hostChannel } from "./host-channel.js";
import { placeHandlers } from "./host-choice.js";
import type { HostHandlers } from "./host-handlers.js";
import type { HostOptions } from "./host.js";
import { streamConfiguration, streamTopic, type OpenStream, type ReportTrouble } from "./host-streams.js";
import { defaultDrainTimeoutMs, openServer } from "./open-server.js";
import { warnOfLostRetries } from "./redelivery-warning.js";
import { serverSettings, type ServerSettings } from "./server-settings.js";

/** What a host is made of. */
export interface HostParts {
  readonly connection: RuntimeConnection;
  readonly context: FacadeContext;
  readonly handlers: HostHandlers;
  readonly options: HostOptions;
}

/** How long a sidecar may take to say what it is, in milliseconds. */
const metadataTimeoutMs = 5_000;

/** Ends a part of a host; `giveUp` resolves when handlers under way have had their time. */
type Closer = (giveUp: Promise<void>) => Promise<void>;

/** A host at work: its channel, and whatever brings calls to it. */
export class RunningHost {
  readonly channel: AppChannel;
  readonly #parts: HostParts;
  readonly #report: ReportTrouble;
  readonly #actors: ActorRuntime | undefined;
  readonly #closers: Closer[] = [];
  readonly #closing = new AbortController();
  #router: Promise<AppRouter> | undefined;

  constructor(parts: HostParts) {
    const { handlers, options, context } = parts;
    this.#parts = parts;
    this.#report = options.onError ?? warn;
    this.#actors =
      handlers.actors.length === 0
        ? undefined
        : new ActorRuntime(context.transport, (error) => {
            this.#report(error, false);
          });
    for (const { definition, options: actorOptions } of handlers.actors) this.#actors?.add(definition, actorOptions);
    this.channel = hostChannel({
      handlers,
      actors: this.#actors,
      maximumBodyBytes: options.maximumBodyBytes ?? defaultMaximumBodyBytes,
      report: (error) => {
        this.#report(error, false);
      },
    });
  }

  /** The HTTP host's routes, made when the first request needs them. */
  router(): Promise<AppRouter> {
    this.#router ??= import("../http/app-router.js").then(({ createAppRouter }) => {
      const { options, handlers } = this.#parts;
      const router = createAppRouter(this.channel, {
        handlers,
        authorize: createTokenCheck(options.appApiToken),
        maximumBodyBytes: options.maximumBodyBytes ?? defaultMaximumBodyBytes,
      });
      this.#closers.push((giveUp) => router.close(giveUp));
      return router;
    });
    return this.#router;
  }

  /**
   * Starts what brings calls.
   *
   * @param isMounted - whether an HTTP server of the app's own has the router
   */
  async start(isMounted: boolean): Promise<void> {
    const { connection } = this.#parts;
    const calls = this.#requireReachable();
    const usesHttp =
      connection.mode === "embedded" ? await this.#attach() : isMounted || (await this.#serveCalls(calls));
    // close() came while calls were being prepared.
    if (this.#closing.signal.aborted) return;
    if (usesHttp) this.#closers.push((giveUp) => this.#letActorsGo(giveUp));
    if (connection.mode === "embedded") this.#closers.push(holdProcess());
    const streams = this.#openStreams(usesHttp);
    this.#closers.push(...streams.map((stream) => (giveUp: Promise<void>) => stream.close(giveUp)));
    await Promise.all(streams.map(({ ready }) => ready));
    if (connection.mode === "sidecar") void this.#warnOfLostRetries();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const patience = startPatience(this.#parts.options.drainTimeoutMs ?? defaultDrainTimeoutMs);
    await Promise.all(this.#closers.splice(0).map((close) => close(patience.over)));
    patience.end();
  }

  /** The titles of the handlers that the sidecar has to call; throws for those that cannot be reached here. */
  #requireReachable(): readonly string[] {
    const { connection, handlers } = this.#parts;
    const placed = placeHandlers(handlers, connection.mode);
    const titles = (way: string): string[] => placed.filter((handler) => handler.way === way).map(({ title }) => title);
    const refused = titles("refused");
    if (refused.length > 0) {
      throw new MechaError(
        "UNIMPLEMENTED",
        `The ${connection.mode} runtime cannot call ${refused.join(", ")}: use a sidecar (DAPR_GRPC_PORT), or leave them out`,
        { operation: "app.start" },
      );
    }
    return titles("call");
  }

  /** Registers the app with the runtime of its own process. */
  async #attach(): Promise<false> {
    const { connection, handlers } = this.#parts;
    const isCalled = placeHandlers(handlers, "embedded").some(({ way }) => way === "in-process");
    if (connection.attachApp === undefined || !isCalled) return false;
    // Its actors have a stream.
    const { actor: _, ...channel } = this.channel;
    const detach = await connection.attachApp(channel);
    this.#closers.push((giveUp) => Promise.race([detach(), giveUp]));
    return false;
  }

  /** Opens a server for the sidecar if some handler needs one; says whether it speaks HTTP. */
  async #serveCalls(calls: readonly string[]): Promise<boolean> {
    if (calls.length === 0) return false;
    const { options } = this.#parts;
    const settings = await this.#settings();
    if (settings === undefined) {
      throw new MechaError(
        "CONFIGURATION_INVALID",
        `The sidecar has to call this app for ${calls.join(", ")}, and nobody names a port: set APP_PORT, or host({ appPort }), to the sidecar's --app-port, and APP_PROTOCOL (grpc or http) to its --app-protocol`,
        { operation: "app.start" },
      );
    }
    const router = settings.protocol === "http" ? await this.router() : undefined;
    if (this.#closing.signal.aborted) return false;
    this.#closers.push(await openServer(this.channel, settings, { options, router }));
    return settings.protocol === "http";
  }

  async #settings(): Promise<ServerSettings | undefined> {
    const { options } = this.#parts;
    const named = serverSettings(options);
    // The sidecar is asked only for what nobody here says.
    if (named?.isComplete === true) return named;
    const sidecar = await this.#sidecar().catch(() => undefined);
    return serverSettings(options, sidecar?.appConnectionProperties);
  }

  #openStreams(usesHttp: boolean): OpenStream[] {
    const { context, handlers } = this.#parts;
    const streamed = handlers.topics.filter(({ callbackReason }) => callbackReason === undefined);
    return [
      ...streamed.map((plan) => streamTopic(context, plan, this.#report)),
      ...handlers.configurations.map((each) => streamConfiguration(context, each, this.#report)),
      // An app that is called over HTTP says its actor types in /dapr/config.
      ...(this.#actors === undefined || usesHttp
        ? []
        : [openActorStream(context.transport, this.#actors, { onError: this.#report })]),
    ];
  }

  /** What the actor stream does at its end, for actors that are called over HTTP. */
  async #letActorsGo(giveUp: Promise<void>): Promise<void> {
    if (this.#actors === undefined) return;
    await Promise.race([this.#actors.drain(), giveUp]);
    await Promise.race([this.#actors.release(), giveUp]);
  }

  async #warnOfLostRetries(): Promise<void> {
    const { topics } = this.#parts.handlers;
    if (topics.length === 0) return;
    // Who cannot be asked now has other troubles, and its streams say so.
    const sidecar = await this.#sidecar().catch(() => undefined);
    if (sidecar !== undefined) warnOfLostRetries(topics, sidecar);
  }

  #sidecar(): Promise<GetMetadataResponse> {
    const call = callOf(
      { operation: "metadata.get", idempotent: true },
      { timeoutMs: metadataTimeoutMs, signal: this.#closing.signal },
    );
    return this.#parts.context.transport.unary(metadataMethods.getMetadata, {}, call);
  }
}

/** Keeps the process, as a server does: there is no socket to a runtime in the same process. */
function holdProcess(): Closer {
  const timer = setInterval(() => undefined, 2 ** 30);
  return () => {
    clearInterval(timer);
    return Promise.resolve();
  };
}

/** A time that can be cut short, so that nothing keeps the process. */
function startPatience(milliseconds: number): { readonly over: Promise<void>; readonly end: () => void } {
  let timeout: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timeout = setTimeout(resolve, milliseconds);
  });
  return {
    over,
    end: () => {
      clearTimeout(timeout);
    },
  };
}

function warn(error: MechaError): void {
  process.emitWarning(error.message, "MechaWarning", error.code);
}
