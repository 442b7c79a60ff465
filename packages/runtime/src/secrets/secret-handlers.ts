import type { DaprHandlers, secrets, UnaryHandler } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { componentFailure, daprError } from "../errors/dapr-error.js";
import type { Registry } from "../registry.js";

/** Dapr's GetSecret: the values of one secret. */
function getSecret(registry: Registry): UnaryHandler<secrets.GetSecretRequest, secrets.GetSecretResponse> {
  return async ({ storeName, key, metadata }, { signal }) => {
    const { component } = registry.get("secretstores", storeName);
    const failure = `failed getting secret with key ${key} from secret store ${storeName}`;
    const secret = await component.get(key, { metadata, signal }).catch((thrown: unknown) => {
      throw componentFailure("secretGet", failure, thrown, storeName);
    });
    if (secret === undefined)
      throw daprError("secretGet", `${failure}: there is no such secret`, { component: storeName });
    return { data: { ...secret } };
  };
}

/** Dapr's GetBulkSecret: all secrets of a store. */
function getBulkSecret(registry: Registry): UnaryHandler<secrets.GetBulkSecretRequest, secrets.GetBulkSecretResponse> {
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
    return { data: Object.fromEntries([...all].map(([name, secret]) => [name, { secrets: { ...secret } }])) };
  };
}

/** The RPCs of the secrets building block. */
export function secretHandlers(registry: Registry): DaprHandlers {
  return { getSecret: getSecret(registry), getBulkSecret: getBulkSecret(registry) };
}
