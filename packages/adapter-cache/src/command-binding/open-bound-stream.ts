import type { CacheRoute } from "@mecha/adapter-kit";
import type { Transport } from "@mecha/sdk-core";
import type { Channels } from "../channels/channels.js";
import { ClientStream, type Liveness } from "../session/client-stream.js";
import type { RecordCommand } from "../session/statistics.js";
import type { BoundCache } from "./bound-cache.js";
import { BoundSession } from "./bound-session.js";
import { CommandBinding } from "./command-binding.js";

/** Caches behind bindings by the transport, the binding and the pub/sub component: clients of one see each other. */
const caches = new WeakMap<Transport, Map<string, BoundCache>>();

/** What a connection through a binding takes. */
export interface BoundStreamOptions {
  /** Told of every command. */
  readonly record: RecordCommand | undefined;
  readonly liveness: Liveness;
  /** Makes what carries messages; called once for each cache. */
  readonly channels: () => Channels;
}

/**
 * Opens a connection to the Redis behind an output binding.
 *
 * @throws MechaError `UNAVAILABLE` if the binding cannot be reached, `CONFIGURATION_INVALID` if it runs no commands
 */
export async function openBoundStream(
  transport: Transport,
  route: CacheRoute,
  { record, liveness, channels }: BoundStreamOptions,
): Promise<ClientStream> {
  const known = caches.get(transport) ?? new Map<string, BoundCache>();
  caches.set(transport, known);
  const key = `${route.component}||${route.pubsub ?? ""}`;
  const cache = known.get(key) ?? openCache(transport, route, channels);
  known.set(key, cache);
  // A server that is away is noticed when a client connects, not with its first command.
  await cache.binding.check();
  return new ClientStream((events) => new BoundSession(cache, events, record), liveness);
}

function openCache(
  transport: Transport,
  { component, type, pubsub }: CacheRoute,
  channels: () => Channels,
): BoundCache {
  return {
    binding: new CommandBinding(transport, component),
    storeType: type,
    channels: pubsub === undefined ? undefined : channels(),
    clients: new Set(),
  };
}
