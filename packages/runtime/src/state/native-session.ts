import type { Duplex } from "node:stream";
import type { Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { componentFailure } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";

/**
 * Opens a session in a state store's own protocol. Metadata: `component`, optionally `database`.
 *
 * @throws MechaError `UNIMPLEMENTED` for a store that has no such protocol.
 */
export async function openNativeSession(registry: Registry, metadata: Metadata): Promise<Duplex> {
  const { component: name = "", database } = metadata;
  const { component, type } = registry.get("state", name);
  if (component.openSession === undefined) {
    throw new MechaError("UNIMPLEMENTED", `The state store ${name} (${type}) has no protocol of its own to speak`, {
      component: name,
    });
  }
  if (database !== undefined && !/^\d+$/.test(database)) {
    throw new MechaError("INVALID_ARGUMENT", `"${database}" is no number of a database`, { component: name });
  }
  try {
    const { stream } = await component.openSession(database === undefined ? {} : { database: Number(database) });
    return stream;
  } catch (thrown) {
    throw componentFailure("stateGet", `failed opening a session with state store ${name}`, thrown, name);
  }
}
