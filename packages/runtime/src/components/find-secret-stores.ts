import type { ComponentResource } from "../resources/component-resource.js";
import { resourceError } from "../resources/resource-error.js";
import { kindOf } from "./component-kinds.js";

/**
 * Finds the secret store of each component that takes a secret.
 *
 * @throws MechaError `CONFIGURATION_INVALID` for a store that is not there, and for stores that need each other's secrets.
 */
export function findSecretStores(
  resources: readonly ComponentResource[],
): ReadonlyMap<ComponentResource, ComponentResource> {
  const stores = new Map(
    resources.filter(({ type }) => kindOf(type) === "secretstores").map((store) => [store.name, store]),
  );
  const found = new Map<ComponentResource, ComponentResource>();
  for (const resource of resources) {
    const { secretStore: name, settings } = resource;
    if (name === undefined || !settings.some(({ secretKeyRef }) => secretKeyRef !== undefined)) continue;
    const store = stores.get(name);
    if (store === undefined) throw unknownStore(resource, name, [...stores.keys()]);
    found.set(resource, store);
  }
  for (const resource of found.keys()) refuseCircle(resource, found);
  return found;
}

function unknownStore(resource: ComponentResource, name: string, known: readonly string[]): Error {
  const remedy =
    known.length > 0
      ? `There are: ${known.map((store) => `"${store}"`).join(", ")}.`
      : "Add a component whose type begins with secretstores.";
  return resourceError(resource.document, ["auth", "secretStore"], `there is no secret store "${name}". ${remedy}`);
}

function refuseCircle(start: ComponentResource, storeOf: ReadonlyMap<ComponentResource, ComponentResource>): void {
  const way = [start.name];
  for (let at = storeOf.get(start); at !== undefined; at = storeOf.get(at)) {
    way.push(at.name);
    if (at === start) {
      const circle = way.join(" → ");
      throw resourceError(
        start.document,
        ["auth", "secretStore"],
        `secret stores take their secrets from each other in a circle: ${circle}. Give one of them plain values.`,
      );
    }
    // A circle further on that does not lead back here is found from its own members.
    if (way.length > storeOf.size + 1) return;
  }
}
