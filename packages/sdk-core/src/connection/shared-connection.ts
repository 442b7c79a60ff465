import { MechaError } from "@mecha/spec";
import type { ConnectionTarget } from "./environment.js";
import type { EmbeddedRuntimeModule, RuntimeConnection } from "./runtime-connection.js";

/** One process, one connection: ESM, CJS and nested copies of this package find it under this symbol. */
const registryKey = Symbol.for("mecha.connection/1");

/** Shape of what lies under the symbol; another shape needs another symbol or a higher number. */
const registryVersion = 1;

interface SharedEntry {
  readonly opening: Promise<RuntimeConnection>;
  references: number;
}

interface ConnectionRegistry {
  readonly version: number;
  readonly entries: Map<string, SharedEntry>;
}

/** A share of the process's connection. */
export interface SharedConnection {
  readonly connection: RuntimeConnection;
  /** Gives the share back; the last one closes the connection. Idempotent. */
  release(): Promise<void>;
}

/** Opens the process's connection to a target, or takes a share of it if it is open already. */
export async function shareConnection(target: ConnectionTarget): Promise<SharedConnection> {
  const { entries } = registry();
  const key = JSON.stringify(target);
  let entry = entries.get(key);
  if (entry === undefined) {
    entry = { opening: open(target), references: 0 };
    entries.set(key, entry);
  }
  const shared = entry;
  shared.references++;
  let released = false;
  const release = async (): Promise<void> => {
    if (released) return;
    released = true;
    if (--shared.references > 0) return;
    if (entries.get(key) === shared) entries.delete(key);
    await (await shared.opening).close();
  };
  try {
    return { connection: await shared.opening, release };
  } catch (error) {
    // A failed opening is not kept: the next attempt shall try again.
    shared.references--;
    if (entries.get(key) === shared) entries.delete(key);
    throw error;
  }
}

function registry(): ConnectionRegistry {
  const holder = globalThis as Record<symbol, unknown>;
  const found = holder[registryKey] as ConnectionRegistry | undefined;
  if (found === undefined) {
    const created: ConnectionRegistry = { version: registryVersion, entries: new Map() };
    Object.defineProperty(holder, registryKey, { value: created });
    return created;
  }
  if (found.version !== registryVersion) {
    throw new MechaError(
      "FAILED_PRECONDITION",
      `Two copies of @mecha/sdk-core that do not fit together are loaded (connection registry ${String(found.version)} and ${String(registryVersion)}). Bring all @mecha packages to one version.`,
      { operation: "connect" },
    );
  }
  return found;
}

async function open(target: ConnectionTarget): Promise<RuntimeConnection> {
  if (target.mode === "embedded") return openEmbedded(target);
  // grpc-js takes a tenth of a second to load: only who talks to a sidecar pays for it.
  const { createGrpcTransport } = await import("../grpc/grpc-transport.js");
  const transport = createGrpcTransport({ address: target.endpoint });
  return { mode: "sidecar", transport, close: () => transport.close() };
}

async function openEmbedded(target: Extract<ConnectionTarget, { mode: "embedded" }>): Promise<RuntimeConnection> {
  let runtime: EmbeddedRuntimeModule;
  try {
    runtime = await import("@mecha/runtime");
  } catch (cause) {
    throw new MechaError(
      "CONFIGURATION_INVALID",
      "The embedded runtime is not installed. Add @mecha/runtime to the dependencies, or name a sidecar with DAPR_GRPC_ENDPOINT.",
      { cause, operation: "connect" },
    );
  }
  return runtime.openEmbeddedRuntime({ appId: target.appId, resourcesPaths: target.resourcesPaths });
}
