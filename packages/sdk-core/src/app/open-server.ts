import type { AppRouter } from "../http/app-router.js";
import type { AppChannel } from "./app-channel.js";
import { createTokenCheck } from "./app-token.js";
import { defaultMaximumBodyBytes } from "./collect-body.js";
import type { HostOptions } from "./host.js";
import type { ServerSettings } from "./server-settings.js";

/** How long `close()` waits for handlers by default, in milliseconds. */
export const defaultDrainTimeoutMs = 5_000;

/** What a server is opened with. */
export interface ServerParts {
  readonly options: HostOptions;
  /** The routes of an HTTP server. */
  readonly router: AppRouter | undefined;
}

/**
 * Opens the server on which a sidecar calls the app. Its code is loaded only now.
 *
 * @returns a function that takes no new calls and waits for those under way
 */
export async function openServer(
  channel: AppChannel,
  { port, protocol }: ServerSettings,
  { options, router }: ServerParts,
): Promise<() => Promise<void>> {
  const graceMs = options.drainTimeoutMs ?? defaultDrainTimeoutMs;
  const address = { host: options.appHost ?? "127.0.0.1", port };
  if (protocol === "http" && router !== undefined) {
    const { listenHttp } = await import("../http/http-server.js");
    return listenHttp(router, address, graceMs);
  }
  const { serveAppCallback } = await import("../grpc/app-callback-server.js");
  return serveAppCallback(channel, address, {
    authorize: createTokenCheck(options.appApiToken),
    maximumMessageBytes: options.maximumBodyBytes ?? defaultMaximumBodyBytes,
    graceMs,
  });
}
