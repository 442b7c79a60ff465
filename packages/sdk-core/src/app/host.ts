import { MechaError } from "@mecha/spec";
import type { ActorClass, ActorFactory, ActorOptions } from "../actors/actor-definition.js";
import type { ConfigurationCallOptions } from "../configuration/configuration.js";
import type { RuntimeConnection } from "../connection/runtime-connection.js";
import type { FacadeContext } from "../facade-context.js";
import type { HttpMiddleware } from "../http/http-middleware.js";
import { lazyModule } from "../lazy-facade.js";
import type { BindingHandler, BindingOptions } from "./binding-handler.js";
import { HostHandlers, type ConfigurationHandler, type HealthCheck } from "./host-handlers.js";
import type { InvocationHandler, InvocationOptions } from "./invocation-handler.js";
import type { JobHandler } from "./job-handler.js";
import type { RunningHost } from "./running-host.js";
import type { AppProtocol } from "./server-settings.js";
import type { BulkTopicHandler, TopicHandler, TopicHandlerOptions } from "./topic-options.js";

/** Where a host waits for calls, and how it hears of troubles that no call can report. */
export interface HostOptions {
  /**
   * Port on which the sidecar calls the app; needed only for handlers that cannot be streamed.
   *
   * @defaultValue `APP_PORT`, `DAPR_APP_PORT`, else the port that the sidecar was told (`--app-port`)
   */
  readonly appPort?: number;
  /**
   * What the sidecar speaks with the app.
   *
   * @defaultValue `APP_PROTOCOL`, `DAPR_APP_PROTOCOL`, else what the sidecar was told (`--app-protocol`), else `grpc`
   */
  readonly appProtocol?: AppProtocol;
  /** Address on which the host listens. @defaultValue `127.0.0.1` */
  readonly appHost?: string;
  /** Token that calls must carry. @defaultValue `APP_API_TOKEN`; none is asked for if that is not set */
  readonly appApiToken?: string;
  /** Largest request, in bytes. @defaultValue 4 MiB, as daprd */
  readonly maximumBodyBytes?: number;
  /** How long `close()` waits for handlers under way, in milliseconds; their events are then delivered again. @defaultValue 5000 */
  readonly drainTimeoutMs?: number;
  /** Called when a handler failed, when a stream broke, or ended for good (`fatal`). @defaultValue a process warning */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
}

/**
 * The app side: what a runtime may call in this process. Handlers are registered before `start()`; two of which one would
 * never be called throw `ALREADY_EXISTS`.
 */
export interface Host extends AsyncDisposable {
  /** Answers invocations of a method; `*` answers those that no other handler takes. */
  onInvoke(method: string, handler: InvocationHandler, options?: InvocationOptions): this;
  /** Handles the events of a topic, or those that a rule matches. */
  onTopic<T>(pubsubName: string, topic: string, handler: TopicHandler<T>, options?: TopicHandlerOptions): this;
  /** Handles the events of a topic in batches. */
  onBulkTopic<T>(pubsubName: string, topic: string, handler: BulkTopicHandler<T>, options?: TopicHandlerOptions): this;
  /** Handles the events of an input binding, by the name of its component. */
  onBinding(name: string, handler: BindingHandler, options?: BindingOptions): this;
  /** Handles a job when it is due. A name that ends in `*` is for all jobs whose names begin so and have no nearer handler. */
  onJob(name: string, handler: JobHandler): this;
  /** Hears of changes of configuration values; no keys means all, where the store can tell. */
  onConfiguration(
    store: string,
    keys: readonly string[],
    handler: ConfigurationHandler,
    options?: Omit<ConfigurationCallOptions, "signal">,
  ): this;
  /** Says whether the app is well, to a sidecar that asks. */
  onHealth(check: HealthCheck): this;
  /** Hosts the actors of a type. */
  actor(definition: ActorClass | ActorFactory, options: ActorOptions): this;
  /**
   * What the HTTP host answers, for an express (4 or 5), connect or Nest app of your own: `app.use(host.router())`. What is
   * not for the host goes on to your routes. `start()` then opens no port; the sidecar's `--app-port` is your server's.
   */
  router(): HttpMiddleware;
  /** Starts taking calls, once; resolves when they arrive. Handlers that are added later are not seen. */
  start(): Promise<void>;
  /** Takes no new calls, waits for those under way. Idempotent. */
  close(): Promise<void>;
}

/** Loaded when calls are to come: an app that only calls out does not pay for it. */
const running = lazyModule(() => import("./running-host.js"));

/** Makes the host of a connection. */
export function createHost(connection: RuntimeConnection, context: FacadeContext, options: HostOptions = {}): Host {
  const handlers = new HostHandlers();
  let state: "new" | "started" | "closed" = "new";
  let isMounted = false;
  let forget = (): void => undefined;
  let made: Promise<RunningHost> | undefined;
  let closing: Promise<void> | undefined;

  const run = (): Promise<RunningHost> =>
    (made ??= running.load().then((module) => new module.RunningHost({ connection, context, handlers, options })));
  const change = (add: () => void): Host => {
    add();
    return host;
  };

  const host: Host = {
    onInvoke: (method, handler, invocationOptions = {}) =>
      change(() => {
        handlers.addMethod({ method, handler, options: invocationOptions });
      }),
    // A handler of one event type is stored beside others; each gets only events of its own topic.
    onTopic: (pubsubName, topic, handle, topicOptions = {}) =>
      change(() => {
        const handler = { kind: "single" as const, handle: handle as TopicHandler };
        handlers.addTopic({ pubsubName, topic, handler, options: topicOptions });
      }),
    onBulkTopic: (pubsubName, topic, handle, topicOptions = {}) =>
      change(() => {
        const handler = { kind: "bulk" as const, handle: handle as BulkTopicHandler };
        handlers.addTopic({ pubsubName, topic, handler, options: topicOptions });
      }),
    onBinding: (name, handler, bindingOptions = {}) =>
      change(() => {
        handlers.addBinding({ name, handler, options: bindingOptions });
      }),
    onJob: (name, handler) =>
      change(() => {
        handlers.addJob(name, handler);
      }),
    onConfiguration: (store, keys, handler, callOptions = {}) =>
      change(() => {
        handlers.configurations.push({ store, keys, handler, options: callOptions });
      }),
    onHealth: (check) =>
      change(() => {
        handlers.addHealth(check);
      }),
    actor: (definition, actorOptions) =>
      change(() => {
        handlers.addActor({ definition, options: actorOptions });
      }),
    router() {
      isMounted = true;
      return (request, response, next) => {
        run()
          .then((runningHost) => runningHost.router())
          .then((router) => {
            router.handle(request, response, next);
          })
          .catch(next);
      };
    },
    async start() {
      if (state !== "new")
        throw new MechaError("FAILED_PRECONDITION", `This host is ${state} already; make another one with host()`, {
          operation: "app.start",
        });
      state = "started";
      forget = context.open.add(() => host.close());
      try {
        const runningHost = await run();
        await runningHost.start(isMounted);
      } catch (error) {
        await host.close();
        throw error;
      }
    },
    close() {
      state = "closed";
      forget();
      closing ??= made?.then((runningHost) => runningHost.close()) ?? Promise.resolve();
      return closing;
    },
    [Symbol.asyncDispose]: () => host.close(),
  };
  return host;
}
