import type { ConfigurationChange } from "../app/app-channel.js";
import { toValues } from "../configuration/configuration-value.js";

/**
 * The change that daprd posts to `/configuration/<store>/<key>`, for a subscription that was made over its HTTP API.
 *
 * @param path - `<store>/<key>`
 */
export function toConfigurationChange(path: string, body: unknown): ConfigurationChange {
  const [store = ""] = path.split("/", 1);
  const { items = {} } = (body ?? {}) as { readonly items?: Readonly<Record<string, Item>> };
  return {
    store,
    values: toValues(
      Object.fromEntries(
        Object.entries(items).map(([key, { value = "", version = "", metadata = {} }]) => [
          key,
          { value, version, metadata: { ...metadata } },
        ]),
      ),
    ),
  };
}

/** What daprd sends of an item; absent members were empty. */
interface Item {
  readonly value?: string;
  readonly version?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}
