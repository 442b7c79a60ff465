import { MechaError } from "@mecha/spec";
import type { ConnectionTarget } from "./environment.js";
import { openConnection } from "./open-connection.js";
import type { RuntimeConnection } from "./runtime-connection.js";

/** One process, one connection: ESM, CJS and nested copies of this package find it under this symbol. */
const registryKey = Symbol.for("mecha.connection/1");

/** Shape of what lies under the symbol; another shape needs another symbol or a higher number. */
const registryVersion = 1;

interface SharedEntry {
  readonly opening: Promise<RuntimeConnection>;
  references: number;
  /** Set when the last share was given back. */
  closing?: Promise<void>;
}

interface ConnectionRegistry {
  readonly version: number;
  readonly entries: Map<string, SharedEntry>;
}

/** A share of the process's connection. */
export interface SharedConnection {
  readonly connection: RuntimeConnection;
  /** Gives the share back; the last one closes the connection and resolves when it is closed. Idempotent. */
  readonly release: () => Promise<void>;
}

/** Opens the process's connection to a target, or takes a share of it if it is open already. */
export async function shareConnection(target: ConnectionTarget): Promise<SharedConnection> {
  const { entries } = registry();
  const key = keyOf(target);
  const entry = await takeEntry(entries, key, target);
  try {
    const connection = await entry.opening;
    let released: Promise<void> | undefined;
    return { connection, release: () => (released ??= giveBack(entries, key, entry)) };
  } catch (error) {
    // A failed opening is not kept: the next attempt shall try again.
    if (entries.get(key) === entry) entries.delete(key);
    throw error;
  }
}

/** What may hold a token or a private key goes into the registry, which all of the process sees, as a hash. */
function keyOf(target: ConnectionTarget): string {
  // A library that connects without the app's own components means the runtime that has them.
  if (target.mode === "embedded") return JSON.stringify({ ...target, components: undefined });
  const { options, ...place } = target;
  // Only who talks to a sidecar loads it.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return JSON.stringify({ ...place, options: createHash("sha256").update(JSON.stringify(options)).digest("base64") });
}

async function takeEntry(
  entries: Map<string, SharedEntry>,
  key: string,
  target: ConnectionTarget,
): Promise<SharedEntry> {
  for (;;) {
    const found = entries.get(key);
    if (found === undefined) {
      const opened: SharedEntry = { opening: openConnection(target), references: 1 };
      entries.set(key, opened);
      return opened;
    }
    if (found.closing === undefined) {
      found.references++;
      return found;
    }
    // Two runtimes at once would both have the files and sockets of the one that closes.
    await found.closing.catch(() => undefined);
  }
}

async function giveBack(entries: Map<string, SharedEntry>, key: string, entry: SharedEntry): Promise<void> {
  if (--entry.references > 0) return;
  entry.closing = closeOf(entry).finally(() => {
    if (entries.get(key) === entry) entries.delete(key);
  });
  await entry.closing;
}

async function closeOf({ opening }: SharedEntry): Promise<void> {
  await (await opening).close();
}

function registry(): ConnectionRegistry {
  const holder = globalThis as Record<symbol, unknown>;
  const found = holder[registryKey] as ConnectionRegistry | undefined;
  if (found === undefined) {
    const created: ConnectionRegistry = { version: registryVersion, entries: new Map() };
    Object.defineProperty(holder, registryKey, { value: created, configurable: true });
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
