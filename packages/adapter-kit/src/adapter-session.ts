import { connect, type Mecha } from "@mecha/sdk-core";
import { noticeOriginals } from "./originals/notice-originals.js";
import { loadAdapterSettings } from "./settings/adapter-settings.js";
import type { RoutingTable } from "./settings/resolve-route.js";

/** An adapter's share of the process's connection, with what is needed to find components. */
export interface AdapterSession {
  readonly mecha: Mecha;
  /** What the runtime has and what the rules say, read when the session was opened. */
  readonly routing: RoutingTable;
  /** Gives the share back. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens an adapter's session: connects as the environment says, asks the runtime for its components and reads the
 * rules of kind Adapters.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for wrong settings or resources, `UNAVAILABLE` if a backend does not answer.
 */
export async function openAdapterSession(): Promise<AdapterSession> {
  // The rules first: reading them is quick and holds nothing open if they are wrong.
  const settings = await loadAdapterSettings();
  const mecha = await connect();
  try {
    const { components } = await mecha.metadata();
    // By now an app has loaded what it loads at start.
    noticeOriginals();
    return { mecha, routing: { settings, components }, close: () => mecha.close() };
  } catch (error) {
    await mecha.close();
    throw error;
  }
}
