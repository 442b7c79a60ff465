import { MechaError } from "@mecha/sdk-core";
import { type ConfigItem, keyOf, type WriteDetails, writeMetadata } from "./config-item.js";

/** What an output binding is asked to write. */
export interface BindingWrite {
  readonly data: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What separates value and version in the keys that `configuration.redis` reads. */
const versionSeparator = "||";

/**
 * Makes the request with which a binding of a type writes an item, or removes it if there is no content.
 *
 * `bindings.redis` is given the key and value that daprd's `configuration.redis` reads; every other binding the shape of
 * `writeMetadata`, with the content in base64.
 *
 * @throws MechaError `INVALID_ARGUMENT` for content that the store behind the binding cannot hold
 */
export function toBindingWrite(
  bindingType: string,
  item: ConfigItem,
  { content, ...details }: { readonly content?: string } & WriteDetails,
): BindingWrite {
  if (bindingType === "bindings.redis") return toRedisWrite(item, content);
  return {
    data: Buffer.from(Buffer.from(content ?? "", "utf8").toString("base64")),
    metadata: writeMetadata(item, details),
  };
}

function toRedisWrite(item: ConfigItem, content: string | undefined): BindingWrite {
  const key = keyOf(item);
  if (content === undefined) return { data: new Uint8Array(), metadata: { key } };
  if (content.includes(versionSeparator)) {
    throw new MechaError(
      "INVALID_ARGUMENT",
      `The content of the configuration item ${key} contains "${versionSeparator}", which configuration.redis takes for its end. Use another configuration store for it, such as configuration.nacos.`,
      { operation: "config.write" },
    );
  }
  // A version that changes with every write and needs no read.
  const version = String(Date.now());
  return { data: Buffer.from(content + versionSeparator + version), metadata: { key } };
}
