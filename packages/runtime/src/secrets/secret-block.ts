import type { DaprHandlers, secrets, UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { componentFailure, daprError } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";
import type { SecretAccess } from "./secret-access.js";

/** Dapr's GetSecret: the values of one secret. */
function getSecret(
  registry: Registry,
  mayRead: SecretAccess,
): UnaryHandler<secrets.GetSecretRequest, secrets.GetSecretResponse> {
  return async ({ storeName, key, metadata }, { signal }) => {
    const { component } = registry.get("secretstores", storeName);
    if (!mayRead(storeName, key)) {
      const message = `access denied by policy to get ${JSON.stringify(key)} from ${JSON.stringify(storeName)}`;
      throw daprError("secretDenied", message, { component: storeName });
    }
    const failure = `failed getting secret with key ${key} from secret store ${storeName}`;
    const secret = await component.get(key, { metadata, signal }).catch((thrown: unknown) => {
      throw componentFailure("secretGet", failure, thrown, storeName);
    });
    if (secret === undefined)
      throw daprError("secretGet", `${failure}: there is no such secret`, { component: storeName });
    return { data: { ...secret } };
  };
}

/** Dapr's GetBulkSecret: all secrets of a store that the app may read. */
function getBulkSecret(
  registry: Registry,
  mayRead: SecretAccess,
): UnaryHandler<secrets.GetBulkSecretRequest, secrets.GetBulkSecretResponse> {
  return async ({ storeName }, { signal }) => {
    const { component } = registry.get("secretstores", storeName);
    if (component.getAll === undefined) {
      throw new MechaError(
        "UNIMPLEMENTED",
        `The secret store ${storeName} cannot list its secrets; read them one by one`,
        { component: storeName, reason: "ERR_SECRET_GET" },
      );
    }
    const all = await component.getAll({ signal }).catch((thrown: unknown) => {
      throw componentFailure("secretGet", `failed getting secrets from secret store ${storeName}`, thrown, storeName);
    });
    const readable = [...all].filter(([name]) => mayRead(storeName, name));
    return { data: Object.fromEntries(readable.map(([name, secret]) => [name, { secrets: { ...secret } }])) };
  };
}

/** The RPCs of the secrets building block. */
export type SecretBlock = Required<Pick<DaprHandlers, "getSecret" | "getBulkSecret">>;

/** Makes the handlers of the secrets building block. */
export function createSecretBlock(registry: Registry, mayRead: SecretAccess): SecretBlock {
  return { getSecret: getSecret(registry, mayRead), getBulkSecret: getBulkSecret(registry, mayRead) };
}
