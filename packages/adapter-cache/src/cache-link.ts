import type { Duplex } from "node:stream";
import {
  callCounter,
  holdProcess,
  resolveCacheRoute,
  type AdapterSession,
  type CacheRoute,
  type ProcessHold,
} from "@mecha/adapter-kit";
import { MechaError, type Transport } from "@mecha/sdk-core";
import { nativeCommandEvent, nativeSessionPath } from "@mecha/sdk-core/protocol";
import { Channels } from "./channels/channels.js";
import { createRuntimeBus } from "./channels/runtime-bus.js";
import { openDocuments } from "./documents/open-documents.js";
import { Engine } from "./engine/engine.js";
import { SessionStream } from "./session/session-stream.js";
import { shareSession } from "./shared-session.js";
import { handshakeCommands, type RecordCommand } from "./session/statistics.js";

/** Where legacy code thinks that its cache is. */
export interface CacheAddress {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly db?: number | undefined;
}

/** A connection to the cache that the settings choose. */
export interface CacheConnection {
  /** Commands in, replies out, in Redis's protocol; already authenticated. Whoever ends it ends the connection. */
  readonly stream: Duplex;
  /** Whether Redis itself is at the other end; else the command engine. */
  readonly native: boolean;
}

/** Engines by the transport and component on which they work: whoever shares one shares its batches. */
const engines = new WeakMap<Transport, Map<string, Engine>>();

/** What one client has of the runtime: a share of the process's connection from the first `open` until `close`. */
export class CacheLink {
  readonly #address: CacheAddress;
  #session: AdapterSession | undefined;

  constructor(address: CacheAddress) {
    this.#address = address;
  }

  /**
   * Opens a connection to the cache that the adapter settings name for the address. The process lives on while it is open.
   *
   * @throws MechaError `CONFIGURATION_INVALID` if settings or resources are wrong, `UNAVAILABLE` if a backend does not answer
   */
  async open(): Promise<CacheConnection> {
    const hold = holdProcess();
    try {
      this.#session ??= await shareSession();
      const { mecha, routing } = this.#session;
      return await connectTo(mecha.transport, resolveCacheRoute(routing, { ...this.#address }), hold);
    } catch (error) {
      hold.release();
      await this.close();
      throw error;
    }
  }

  /** Gives the share of the process's connection back. Idempotent; the link may be opened again. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }
}

/**
 * Opens a connection to the cache that a route leads to, as {@link CacheLink} does for the settings of the process.
 *
 * @param hold - what keeps the process alive while the connection is open
 */
export async function connectTo(transport: Transport, route: CacheRoute, hold: ProcessHold): Promise<CacheConnection> {
  const { component, type, backend, native } = route;
  const counter = callCounter({ adapter: "cache", component, type, backend });
  const record = counter && ((name: string, durationUs: number) => counter.record(name, durationUs));
  if (route.runsCommands) {
    // Most caches are reached in other ways.
    const { openBoundStream } = await import("./command-binding/open-bound-stream.js");
    const channels = (): Channels => channelsOf(transport, route);
    const bound = await openBoundStream(transport, route, { record, liveness: hold, channels });
    bound.once("close", () => hold.release());
    return { stream: bound, native };
  }
  const stream = native
    ? await openNative(transport, component, record)
    : new SessionStream(engineOf(transport, route), { record, liveness: hold });
  // A socket keeps the process alive by itself, and its owner may take that away.
  if (native) hold.release();
  stream.once("close", () => hold.release());
  return { stream, native };
}

async function openNative(transport: Transport, component: string, record?: RecordCommand): Promise<Duplex> {
  const stream = await transport.openRaw(nativeSessionPath, { component });
  if (record === undefined) return stream;
  // Most calls are of the same command as the one before.
  let [last, isCounted] = ["", false];
  return stream.on(nativeCommandEvent, (name: string, durationUs: number) => {
    if (name !== last) {
      const [container = name] = name.split("|", 1);
      [last, isCounted] = [name, !handshakeCommands.has(container)];
    }
    if (isCounted) record(name, durationUs);
  });
}

function engineOf(transport: Transport, route: CacheRoute): Engine {
  const known = engines.get(transport) ?? new Map<string, Engine>();
  engines.set(transport, known);
  const engine =
    known.get(route.component) ?? new Engine(openDocuments(transport, route), channelsOf(transport, route));
  known.set(route.component, engine);
  return engine;
}

/** Messages stay in the process unless the settings name a component that carries them. */
function channelsOf(transport: Transport, { component, pubsub }: CacheRoute): Channels {
  if (pubsub === undefined) return new Channels();
  return new Channels(createRuntimeBus(transport, { pubsub, topic: `mecha-cache-${component}` }));
}

/** Says whether an attempt to open failed because a backend does not answer, so that it may be worth another. */
export function isUnavailable(error: unknown): boolean {
  return MechaError.is(error) && (error.code === "UNAVAILABLE" || error.code === "DEADLINE_EXCEEDED");
}
