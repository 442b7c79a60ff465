import type { AppChannel } from "../app/app-channel.js";
import { appCallbackMethods } from "../generated/methods/app-callback.js";
import type { Metadata } from "../transport/transport.js";
import { methodHandlers } from "./method-handler.js";
import { createGrpcServer, type ListenAddress } from "./server.js";

/** How an app is served to its sidecar. */
export interface AppCallbackOptions {
  /** Throws for headers of calls that may not come in. */
  readonly authorize: (headers: Metadata) => void;
  /** Largest request, in bytes. */
  readonly maximumMessageBytes: number;
  /** How long calls under way may go on after the end, in milliseconds. */
  readonly graceMs: number;
}

/** daprd sends no token with these, which change nothing. */
const open: ReadonlySet<string> = new Set([
  appCallbackMethods.healthCheck.path,
  appCallbackMethods.listTopicSubscriptions.path,
  appCallbackMethods.listInputBindings.path,
]);

/**
 * Serves the services AppCallback, AppCallbackAlpha and AppCallbackHealthCheck: what a sidecar calls in the app.
 *
 * @returns a function that stops new calls and waits for those under way
 */
export async function serveAppCallback(
  channel: AppChannel,
  address: ListenAddress,
  { authorize, maximumMessageBytes, graceMs }: AppCallbackOptions,
): Promise<() => Promise<void>> {
  const { invoke, topic, bulkTopic, binding, job, health } = channel;
  const handlers = methodHandlers(appCallbackMethods, {
    ...(invoke && { onInvoke: invoke }),
    ...(topic && { onTopicEvent: topic }),
    ...(bulkTopic && { onBulkTopicEvent: bulkTopic, onBulkTopicEventAlpha1: bulkTopic }),
    ...(binding && { onBindingEvent: binding }),
    ...(job && { onJobEvent: job, onJobEventAlpha1: job }),
    healthCheck: async () => {
      await health?.();
      return {};
    },
    listTopicSubscriptions: () => Promise.resolve({ subscriptions: [...(channel.subscriptions ?? [])] }),
    listInputBindings: () => Promise.resolve({ bindings: [...(channel.bindings ?? [])] }),
  });
  const server = createGrpcServer(handlers, {
    maximumMessageBytes,
    authorize: (headers, path) => {
      if (!open.has(path)) authorize(headers);
    },
  });
  await server.listen(address);
  return () => server.close({ graceMs });
}
