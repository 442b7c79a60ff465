import type { common } from "@mecha/sdk-core/protocol";
import type { ConfigurationItems } from "@mecha/spec";

/** Key in an item's metadata that says that a change removed it; the Dapr API has no word for that. */
const removedMetadataKey = "mecha.removed";

/** Items as the Dapr API carries them. */
export function toItems(items: ConfigurationItems): Record<string, common.ConfigurationItem> {
  return Object.fromEntries(
    [...items].map(([key, { value, version, metadata, removed }]) => [
      key,
      { value, version, metadata: { ...metadata, ...(removed === true && { [removedMetadataKey]: "true" }) } },
    ]),
  );
}
