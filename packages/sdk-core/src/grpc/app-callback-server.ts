import type { AppChannel } from "../app/app-channel.js";
import { appCallbackMethods } from "../dapr-methods.js";
import { methodHandlers } from "./method-handler.js";
import { createGrpcServer, type ListenAddress } from "./server.js";

/**
 * Serves the AppCallback service: what a sidecar, or another process of this machine, may call in the app.
 *
 * @returns a function that stops new calls and waits for those under way
 */
export async function serveAppCallback(channel: AppChannel, address: ListenAddress): Promise<() => Promise<void>> {
  const handlers = methodHandlers(appCallbackMethods, {
    ...(channel.invoke && { onInvoke: channel.invoke }),
    ...(channel.topic && { onTopicEvent: channel.topic }),
    // Topics are subscribed by stream and input bindings are not offered: a sidecar that asks shall not wait for them.
    listTopicSubscriptions: () => Promise.resolve({ subscriptions: [] }),
    listInputBindings: () => Promise.resolve({ bindings: [] }),
  });
  const server = createGrpcServer(handlers);
  await server.listen(address);
  return () => server.close();
}
