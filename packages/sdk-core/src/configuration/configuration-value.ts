import type { ConfigurationItem } from "../generated/dapr/proto/common/v1/common.js";
import type { Metadata } from "../transport/transport.js";

/** A configuration value. */
export interface ConfigurationValue {
  /** The value; empty in a change that removed the key. */
  readonly value: string;
  /** Names this version of the value; empty where the store has no versions. */
  readonly version: string;
  readonly metadata: Metadata;
  /** Whether this change removed the key. */
  readonly isRemoved: boolean;
}

/** Configuration values by key. */
export type ConfigurationValues = ReadonlyMap<string, ConfigurationValue>;

/** Key in the metadata of an item by which Mecha's runtime says that a change removed it. */
const removedMetadataKey = "mecha.removed";

/** What a change says of a key that is gone. */
export const removedValue: ConfigurationValue = { value: "", version: "", metadata: {}, isRemoved: true };

/**
 * Values of their messages. Mecha's runtime marks a removal; daprd sends an item with nothing in it, which its stores never
 * give for a key that is there.
 */
export function toValues(items: Readonly<Record<string, ConfigurationItem>>): ConfigurationValues {
  return new Map(
    Object.entries(items).map(([key, { value, version, metadata }]) => {
      const isBlank = value === "" && version === "" && Object.keys(metadata).length === 0;
      return [key, { value, version, metadata, isRemoved: isBlank || metadata[removedMetadataKey] === "true" }];
    }),
  );
}
