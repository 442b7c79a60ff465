import type { ComponentResource } from "../resources/component-resource.js";
import { resourceError } from "../resources/resource-error.js";
import type { StateEncryption } from "./encryption/read-encryption.js";
import { separator } from "../components/key-prefix.js";

/** What the runtime itself keeps of a state store's YAML, beside what every running component has. */
export interface StateExtras {
  /** Encryption of values; absent where there are no keys for it. */
  readonly encryption?: StateEncryption;
}

const encryptionKey = /^(primary|secondary)encryptionkey$/i;

/**
 * Reads what a state store's YAML says to the runtime rather than to the component, before the component starts.
 *
 * @throws MechaError `CONFIGURATION_INVALID` with file and line
 */
export async function stateExtras(
  resource: ComponentResource,
  metadata: Readonly<Record<string, string>>,
): Promise<StateExtras> {
  const { settings, document } = resource;
  const prefixAt = settings.findIndex(({ name }) => name.toLowerCase() === "keyprefix");
  const prefix = metadata[settings[prefixAt]?.name ?? ""] ?? "";
  if (prefix.includes(separator)) {
    const problem = `input key/keyPrefix '${prefix}' can't contain '${separator}'`;
    throw resourceError(document, ["spec", "metadata", prefixAt], problem);
  }
  if (!settings.some(({ name }) => encryptionKey.test(name))) return {};
  const { readEncryption } = await import("./encryption/read-encryption.js");
  return { encryption: readEncryption(resource, metadata) };
}
