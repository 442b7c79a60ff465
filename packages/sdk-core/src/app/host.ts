import { MechaError } from "@mecha/spec";
import type { RuntimeConnection } from "../connection/runtime-connection.js";
import { openSubscription, type EventOutcome, type OpenSubscription } from "../pubsub/open-subscription.js";
import { subscriptionMetadata, type TopicOptions } from "../pubsub/pub-sub.js";
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
  /** Called when a subscription broke, or ended for good (`fatal`). @defaultValue a process warning */
  readonly onError?: (error: MechaError, fatal: boolean) => void;
}

/** The app side: what a runtime may call in this process. */
export interface Host extends AsyncDisposable {
  /** Answers invocations of a method; `*` answers those that no other handler takes. */
  onInvoke(method: string, handler: InvocationHandler): this;
  /** Handles the events of a topic. */
  onTopic<T>(pubsubName: string, topic: string, handler: TopicHandler<T>, options?: Omit<TopicOptions, "signal">): this;
  /** Starts taking calls; resolves once they arrive. Handlers added later are not seen. */
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

/** Makes the host of a connection. */
export function createHost(connection: RuntimeConnection, options: HostOptions = {}): Host {
  const methods = new Map<string, InvocationHandler>();
  const topics: TopicRegistration[] = [];
  const closers: (() => Promise<void>)[] = [];

  const subscribe = (registration: TopicRegistration): OpenSubscription => {
    const { pubsubName, topic, handler } = registration;
    const { deadLetterTopic } = registration.options;
    const target = { pubsubName, topic, metadata: subscriptionMetadata(registration.options), ...(deadLetterTopic !== undefined && { deadLetterTopic }) };
    return openSubscription(connection.transport, target, async (request) => (await handler(toTopicEvent(request))) ?? "success", {
      onError: options.onError ?? warn,
    });
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
      if (methods.size > 0) closers.push(await attach(connection, { invoke: invokeWith(methods) }, options));
      const subscriptions = topics.map(subscribe);
      closers.push(...subscriptions.map((subscription) => () => subscription.close()));
      try {
        await Promise.all(subscriptions.map((subscription) => subscription.ready));
      } catch (error) {
        await host.close();
        throw error;
      }
    },
    async close() {
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
      throw new MechaError("NOT_FOUND", `This app has no handler for method "${request.method}"; add one with onInvoke()`, { operation: "app.invoke" });
    }
    return toInvokeResponse(await handler(toInvocation(request, context)), context);
  };
}

async function attach(connection: RuntimeConnection, channel: AppChannel, options: HostOptions): Promise<() => Promise<void>> {
  if (connection.attachApp !== undefined) return connection.attachApp(channel);
  const port = options.appPort ?? Number(process.env["APP_PORT"] ?? Number.NaN);
  if (!Number.isInteger(port)) {
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
