import { randomUUID } from "node:crypto";
import type { ComponentLogger } from "@mecha/spec";
import type { ClientLogger, ClientOptions, MQClient } from "./ali-ons.js";
import type { RocketmqSettings } from "./settings.js";

/** A broker's notice that the consumers of a group are others than before. */
const notifyConsumerIdsChanged = 40;

/** What both clients are told. Each gets a connection of its own: ali-ons would share one among all with the same name. */
export function clientOptions(settings: RocketmqSettings, logger: ComponentLogger): ClientOptions {
  return {
    nameSrv: settings.nameServers,
    httpclient: {
      request: () => Promise.reject(new Error("name servers are given, none is looked up")),
    },
    instanceName: `${String(process.pid)}-${randomUUID().slice(0, 8)}`,
    namespace: settings.namespace,
    ...settings.credentials,
    logger: quietLogger(logger),
  };
}

/** ali-ons's own log: its errors also come as events, which are reported; the rest is for someone who debugs. */
function quietLogger(logger: ComponentLogger): ClientLogger {
  const say = (...parts: unknown[]) => {
    logger.debug(parts.map(String).join(" "));
  };
  return { debug: () => undefined, info: () => undefined, warn: say, error: say };
}

/** Mends what ali-ons's connection lacks, on this one instance. */
export interface ClientControl {
  /** Stops periodic tasks and refuses new connections. Call it before the connection is closed. */
  stop(): void;
}

/**
 * Takes an instance of ali-ons's connection in hand, before its `init` runs.
 *
 * Its periodic tasks sleep on timers that nobody can stop, up to 30 s after `close`; here they end at once. It opens a new
 * socket for a request that comes after `close`; here that fails. It ignores a broker's notice that a consumer came or went,
 * so that messages would wait for the next round of rebalancing, 10 s; here the notice starts it.
 */
export function controlClient(client: MQClient, onError: (error: unknown) => void): ClientControl {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  client.startScheduledTask = (name, intervalMs) => {
    if (stopped) return;
    // ali-ons names its own methods here.
    const task = (client as unknown as Record<string, () => Promise<void>>)[name]?.bind(client);
    const run = () => void task?.().catch(onError);
    timers.add(setInterval(run, intervalMs));
  };

  const openChannel = client.getAndCreateChannel.bind(client);
  client.getAndCreateChannel = (address) => {
    if (stopped) throw new Error("the client is closed");
    return openChannel(address);
  };

  client.on("error", onError);
  client.on("request", (request: { readonly data?: { readonly code?: number } }) => {
    if (request.data?.code === notifyConsumerIdsChanged && !stopped) client.doRebalance().catch(onError);
  });

  return {
    stop() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      timers.clear();
      // Closing removes all listeners, and an error event without one would end the process.
      client.once("close", () => setImmediate(() => client.on("error", () => undefined)));
    },
  };
}
