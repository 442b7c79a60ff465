import type { ComponentContext } from "@mecha/spec";
import { readMetadata } from "../metadata/metadata-reader.js";
import { tenantOf } from "./nacos-key.js";

/** How to reach Nacos; read from a component's metadata. */
export interface NacosSettings {
  /** Base URLs of the servers with the context path, without a slash at the end. At least one. */
  readonly servers: readonly string[];
  /** Namespace id of keys that name none; empty for the public one. */
  readonly tenant: string;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Longest time for one call, all servers together. */
  readonly timeoutMs: number;
}

/**
 * Reads the metadata that every Nacos component takes.
 *
 * - `serverAddr` (required): `host:port`, several separated by commas; the port is 8848 if it is not given; may begin with `https://`
 * - `namespace`: id of the namespace; the public one if it is not given
 * - `username`, `password`: both or none
 * - `contextPath`: default `nacos`
 * - `timeout`: longest time for one call, default `5s`
 */
export function readNacosSettings(context: ComponentContext): NacosSettings {
  const metadata = readMetadata(context);
  const contextPath = metadata.text("contextPath", "nacos").replace(/^\/+|\/+$/g, "");
  const addresses = metadata.requiredText("serverAddr").split(",");
  const servers = addresses.map((address) => {
    const url = serverUrl(address.trim());
    if (url === undefined) {
      throw metadata.invalid(
        "serverAddr",
        `has "${address.trim()}"; allowed: host, host:port, http://host:port, https://host:port, several with commas`,
      );
    }
    return contextPath === "" ? url : `${url}/${contextPath}`;
  });

  const username = metadata.text("username", undefined);
  const password = metadata.text("password", undefined);
  if (username === undefined && password !== undefined)
    throw metadata.invalid("username", 'is missing; it goes with "password"');
  if (username !== undefined && password === undefined)
    throw metadata.invalid("password", 'is missing; it goes with "username"');

  return {
    servers,
    tenant: tenantOf(metadata.text("namespace", undefined)),
    credentials: username === undefined || password === undefined ? undefined : { username, password },
    timeoutMs: metadata.durationMs("timeout", 5_000, { minMs: 1 }),
  };
}

function serverUrl(address: string): string | undefined {
  const withScheme = /^https?:\/\//.test(address) ? address : `http://${address}`;
  const match = /^(https?:\/\/)([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?\/?$/.exec(withScheme);
  if (match === null || Number(match[3] ?? 8848) > 65_535) return undefined;
  return `${match[1] ?? ""}${match[2] ?? ""}:${match[3] ?? "8848"}`;
}
