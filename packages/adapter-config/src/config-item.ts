/** A configuration item as the legacy clients of Diamond, ACM and Nacos name it. */
export interface ConfigItem {
  readonly dataId: string;
  readonly group: string;
  /** Namespace (Nacos) or tenant (Diamond, ACM); none, empty and `public` mean the component's own. */
  readonly namespace?: string | undefined;
}

/** The namespace that a key must name; `undefined` where the component's own is meant. */
function explicitNamespace({ namespace }: ConfigItem): string | undefined {
  return namespace === undefined || namespace === "" || namespace === "public" ? undefined : namespace;
}

/** The key of an item in Dapr's configuration API: `group/dataId`, or `namespace/group/dataId`. */
export function keyOf(item: ConfigItem): string {
  return partsOf(item).join("/");
}

/** What `writeMetadata` takes besides the item. */
export interface WriteDetails {
  /** `text`, `json`, `yaml`, …: how a console shows the content. */
  readonly type?: string | undefined;
  readonly appName?: string | undefined;
}

/**
 * Metadata of the binding request that writes or removes an item: one shape that every binding of ours understands.
 *
 * - `fileName`: the key as a path, for `bindings.localstorage`; `configuration.file` reads that very file
 * - `group`, `dataId`, `tenant`: the parts, for `bindings.nacos`, which prefers them to `fileName`
 * - `encoding`: always `base64`. daprd's `bindings.localstorage` decodes whatever is valid base64, so only encoded content arrives as it is
 * - `type`, `appName`: passed on where a backend keeps such things
 */
export function writeMetadata(item: ConfigItem, { type, appName }: WriteDetails = {}): Record<string, string> {
  const tenant = explicitNamespace(item);
  return {
    fileName: partsOf(item).map(fileNameOf).join("/"),
    group: item.group,
    dataId: item.dataId,
    encoding: "base64",
    ...(tenant !== undefined && { tenant }),
    ...(type !== undefined && { type }),
    ...(appName !== undefined && { appName }),
  };
}

function partsOf(item: ConfigItem): string[] {
  const tenant = explicitNamespace(item);
  return [...(tenant === undefined ? [] : [tenant]), item.group, item.dataId];
}

/** The name of the file or folder for a part of a key, escaped as `configuration.file` escapes it. */
function fileNameOf(part: string): string {
  const escaped = /^[A-Za-z0-9_.:@+=,-]+$/.test(part)
    ? part
    : encodeURIComponent(part).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      );
  return escaped.startsWith(".") ? `%2E${escaped.slice(1)}` : escaped;
}
