import type { NacosNamingClient as UpstreamNamingClient } from "nacos-upstream";

const notServed =
  "NacosNamingClient is not served by @mecha/nacos yet, which covers configuration (NacosConfigClient, DataClient). For naming, " +
  'depend on the original as well, for example "nacos-naming": "^2.6.3" in package.json, and import NacosNamingClient from it.';

/** An instance of `NacosNamingClient`, which cannot be had here; code that names the type compiles. */
export type NacosNamingClient = UpstreamNamingClient;

/** `NacosNamingClient` of nacos 2.6: not served by this version; constructing one throws an error that says what to do. */
export const NacosNamingClient = function NacosNamingClient(): never {
  throw new Error(notServed);
} as unknown as typeof UpstreamNamingClient; // a function that is called with `new`
