import { MechaError } from "@mecha/spec";
import type { OpenResources } from "../connection/open-resources.js";
import type { RuntimeConnection } from "../connection/runtime-connection.js";
import { openSubscription, type EventOutcome, type OpenSubscription } from "../pubsub/open-subscription.js";
import { subscriptionTarget, type TopicOptions } from "../pubsub/pub-sub.js";
import { toTopicEvent, type TopicEvent } from "../pubsub/topic-event.js";
import type { AppChannel } from "./app-channel.js";
import { toInvocation, toInvokeResponse, type InvocationHandler } from "./invocation-handler.js";

/**
 * Handles an event. Returning (nothing or `success`) acknowledges it, `retry` or a throw asks for another delivery,
 * `drop` gives it up.
 */
export type TopicHandler<T = unknown> = (event: TopicEvent<T>) => Promise<EventOutcome | undefined | void>;

/** How a host hears of troubles that no call can report. */
export interface HostOptions {
  /** Port on which a sidecar calls the app; needed only for handlers that cannot be streamed. @defaultValue `APP_PORT` */
  readonly appPort?: number;
  /** Called when a topic handler failed, when a subscription broke, or ended for good (`fatal`). @defaultValue a process warning */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
}

/** The app side: what a runtime may call in this process. */
export interface Host extends AsyncDisposable {
  /** Answers invocations of a method; `*` answers those that no other handler takes. */
  onInvoke(method: string, handler: InvocationHandler): this;
  /** Handles the events of a topic. */
  onTopic<T>(pubsubName: string, topic: string, handler: TopicHandler<T>, options?: Omit<TopicOptions, "signal">): this;
  /** Starts taking calls, once; resolves when they arrive. Topics added later are not seen. */
  start(): Promise<void>;
  /** Takes no new calls, waits for those under way. Idempotent. */
  close(): Promise<void>;
}

interface TopicRegistration {
  readonly pubsubName: string;
  readonly topic: string;
  readonly handler: TopicHandler;
  readonly options: Omit<TopicOptions, "signal">;
}

/** Makes the host of a connection; `open` ends it. */
export function createHost(connection: RuntimeConnection, open: OpenResources, options: HostOptions = {}): Host {
  const methods = new Map<string, InvocationHandler>();
  const topics: TopicRegistration[] = [];
  const closers: (() => Promise<void>)[] = [];
  let state: "new" | "started" | "closed" = "new";
  let forget = (): void => undefined;

  const subscribe = ({ pubsubName, topic, handler, options: topicOptions }: TopicRegistration): OpenSubscription =>
    openSubscription(
      connection.transport,
      subscriptionTarget(pubsubName, topic, topicOptions),
      async (request) => (await handler(toTopicEvent(request))) ?? "success",
      {
        onError: options.onError ?? warn,
      },
    );

  const begin = async (): Promise<void> => {
    if (methods.size > 0) {
      const detach = await attach(connection, { invoke: invokeWith(methods) }, options);
      closers.push(detach);
    }
    // close() came while the app was being attached.
    if (state === "closed") return host.close();
    const subscriptions = topics.map(subscribe);
    closers.push(...subscriptions.map((subscription) => () => subscription.close()));
    await Promise.all(subscriptions.map((subscription) => subscription.ready));
  };

  const host: Host = {
    onInvoke(method, handler) {
      methods.set(method, handler);
      return host;
    },
    onTopic<T>(pubsubName: string, topic: string, handler: TopicHandler<T>, topicOptions = {}) {
      // A handler of one event type is stored beside others; each gets only events of its own topic.
      topics.push({ pubsubName, topic, handler: handler as TopicHandler, options: topicOptions });
      return host;
    },
    async start() {
      if (state !== "new")
        throw new MechaError("FAILED_PRECONDITION", `This host is ${state} already; make another one with host()`, {
          operation: "app.start",
        });
      state = "started";
      forget = open.add(() => host.close());
      try {
        await begin();
      } catch (error) {
        await host.close();
        throw error;
      }
    },
    async close() {
      state = "closed";
      forget();
      await Promise.all(closers.splice(0).map((close) => close()));
    },
    [Symbol.asyncDispose]: () => host.close(),
  };
  return host;
}

function invokeWith(methods: ReadonlyMap<string, InvocationHandler>): NonNullable<AppChannel["invoke"]> {
  return async (request, context) => {
    const handler = methods.get(request.method) ?? methods.get("*");
    if (handler === undefined) {
      throw new MechaError(
        "NOT_FOUND",
        `This app has no handler for method "${request.method}"; add one with onInvoke()`,
        { operation: "app.invoke" },
      );
    }
    return toInvokeResponse(await handler(toInvocation(request, context)), context);
  };
}

async function attach(
  connection: RuntimeConnection,
  channel: AppChannel,
  options: HostOptions,
): Promise<() => Promise<void>> {
  if (connection.attachApp !== undefined) return connection.attachApp(channel);
  const named = process.env["APP_PORT"];
  const port = options.appPort ?? (named === undefined || named === "" ? Number.NaN : Number(named));
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new MechaError(
      "CONFIGURATION_INVALID",
      "This app answers invocations (onInvoke), so the sidecar needs a port to call it on: set APP_PORT, or host({ appPort }), to the sidecar's --app-port and use --app-protocol grpc",
      { operation: "app.start" },
    );
  }
  const { serveAppCallback } = await import("../grpc/app-callback-server.js");
  return serveAppCallback(channel, { port });
}

function warn(error: MechaError): void {
  process.emitWarning(error.message, "MechaWarning", error.code);
}
