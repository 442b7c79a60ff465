import type { StateStore } from "@mecha/spec";
import type { ComponentResource, ComponentSetting } from "../../resources/component-resource.js";
import { resourceError } from "../../resources/resource-error.js";
import { encryptStore } from "./encrypt-store.js";
import { createStateCipher, type NamedKey } from "./state-cipher.js";

/** Encryption at rest of one state store. */
export interface StateEncryption {
  /** The store as the state API sees it: what is written is encrypted, what is read decrypted. */
  around(store: StateStore): StateStore;
}

/** daprd's names of the keys, which it compares letter by letter. */
const [primary, secondary] = ["primaryEncryptionKey", "secondaryEncryptionKey"];

/**
 * Reads the encryption keys of a state store as daprd does: hexadecimal digits of 128, 192 or 256 bits, from a secret.
 *
 * @param metadata - of the component, with the secrets looked up
 * @throws MechaError `CONFIGURATION_INVALID` with file and line for all with which daprd would not encrypt or not start
 */
export function readEncryption(
  resource: ComponentResource,
  metadata: Readonly<Record<string, string>>,
): StateEncryption {
  const keys: NamedKey[] = [];
  for (const wanted of [primary, secondary]) {
    const index = resource.settings.findIndex(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    const setting = resource.settings[index];
    if (setting === undefined) continue;
    if (setting.name !== wanted)
      throw invalid(resource, index, `is to be written "${wanted}": daprd heeds no other way`);
    keys.push(keyOf(resource, { index, setting, digits: metadata[wanted] ?? "" }));
  }
  const [first, ...others] = keys;
  const names = new Set(resource.settings.map(({ name }) => name));
  if (first === undefined || !names.has(primary)) {
    const index = resource.settings.findIndex(({ name }) => name === secondary);
    throw invalid(resource, index, `needs "${primary}" beside it: it only decrypts`);
  }
  const cipher = createStateCipher([first, ...others]);
  return { around: (store) => encryptStore(store, cipher) };
}

interface Entry {
  readonly index: number;
  readonly setting: ComponentSetting;
  readonly digits: string;
}

function keyOf(resource: ComponentResource, { index, setting, digits }: Entry): NamedKey {
  if (setting.secretKeyRef === undefined) {
    throw invalid(resource, index, "needs a secretKeyRef: values name the secret that they were encrypted with");
  }
  if (!/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(digits)) {
    throw invalid(resource, index, "is no key: 32, 48 or 64 hexadecimal digits are needed (AES-128, 192, 256)");
  }
  return { name: setting.secretKeyRef.name, bytes: Buffer.from(digits, "hex") };
}

function invalid(resource: ComponentResource, index: number, problem: string): Error {
  const { name = "" } = resource.settings[index] ?? {};
  return resourceError(resource.document, ["spec", "metadata", index], `the metadata key "${name}" ${problem}`);
}
