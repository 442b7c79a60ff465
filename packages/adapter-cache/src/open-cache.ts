import type { Duplex } from "node:stream";
import { callCounter, holdProcess, openAdapterSession, resolveCacheRoute, type AdapterSession, type CacheRoute } from "@mecha/adapter-kit";
import { MechaError, type Transport } from "@mecha/sdk-core";
import { nativeSessionPath } from "@mecha/sdk-core/protocol";
import { createRuntimeDocuments } from "./documents/runtime-documents.js";
import { Engine } from "./engine/engine.js";
import { SessionStream } from "./session/session-stream.js";
import type { RecordCommand } from "./session/statistics.js";

/** Where legacy code thinks that its cache is. */
export interface CacheAddress {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly db?: number | undefined;
}

/** A connection to the cache that the settings choose. */
export interface OpenCache {
  /** Commands in, replies out, in Redis's protocol; already authenticated. Whoever ends it ends the connection. */
  readonly stream: Duplex;
  /** Whether Redis itself is at the other end; else the command engine. */
  readonly native: boolean;
  /** Counts commands of a native connection; the engine counts its own. */
  readonly record: RecordCommand;
}

/** Engines by the transport and component on which they work: whoever shares one shares its batches. */
const engines = new WeakMap<Transport, Map<string, Engine>>();

/**
 * Opens a connection to the cache that the adapter settings name for an address. The process lives on while it is open.
 *
 * @throws MechaError `CONFIGURATION_INVALID` if settings or resources are wrong, `UNAVAILABLE` if a backend does not answer
 */
export async function openCache(address: CacheAddress): Promise<OpenCache> {
  const hold = holdProcess();
  let session: AdapterSession | undefined;
  try {
    session = await openAdapterSession();
    const route = resolveCacheRoute(session.routing, { ...address });
    const { component, type, backend } = route;
    const counter = callCounter({ adapter: "cache", component, type, backend });
    const record: RecordCommand = (name, durationUs) => counter.record(name, durationUs);
    const { transport } = session.mecha;
    const stream = route.native
      ? await transport.openRaw(nativeSessionPath, { component })
      : new SessionStream(engineOf(transport, route), { record, liveness: hold });
    // A socket keeps the process alive by itself, and its owner may take that away.
    if (route.native) hold.release();
    const { close } = session;
    stream.once("close", () => {
      hold.release();
      // The connection of the process is closed for everybody; nobody is left to be told of an error.
      close().catch(() => undefined);
    });
    return { stream, native: route.native, record };
  } catch (error) {
    hold.release();
    await session?.close();
    throw error;
  }
}

function engineOf(transport: Transport, route: CacheRoute): Engine {
  const known = engines.get(transport) ?? new Map<string, Engine>();
  engines.set(transport, known);
  const engine = known.get(route.component) ?? new Engine(createRuntimeDocuments(transport, route));
  known.set(route.component, engine);
  return engine;
}

/** Says whether an attempt to open failed because a backend does not answer, so that it may be worth another. */
export function isUnavailable(error: unknown): boolean {
  return MechaError.is(error) && (error.code === "UNAVAILABLE" || error.code === "DEADLINE_EXCEEDED");
}
