import { Resolver } from "node:dns/promises";
import type { NameResolver, NameResolverDefinition } from "@mecha/spec";
import { invalidSetting, textSetting } from "./invalid-setting.js";
import { lookUpBy } from "./look-up.js";
import { resolveByDns } from "./resolve-by-dns.js";

/** How long a DNS server may take for an answer, in milliseconds, and how often it is asked. */
const timing = { timeout: 2_000, tries: 2 };

/**
 * `dns`: names that are made of the app id and its namespace, asked of DNS servers. daprd has no such component.
 *
 * Settings: `format` with `{appid}` and perhaps `{namespace}`: with a port (`{appid}.internal:50002`) the addresses of that host,
 * without one the SRV records of that name (`_dapr._tcp.{appid}.internal`), which have ports of their own; `servers`: addresses of
 * DNS servers, by commas or as a list (default: those of the system).
 */
export const nameResolver: NameResolverDefinition = {
  create: async (context): Promise<NameResolver> => {
    const format = textSetting(context, "format");
    if (format?.includes("{appid}") !== true)
      throw invalidSetting(context, "format", "has to have {appid} in it, for example {appid}.internal:50002");
    const { servers } = context.configuration;
    const resolver = new Resolver(timing);
    try {
      const list = typeof servers === "string" ? servers.split(",").map((server) => server.trim()) : servers;
      // What is no list of texts is refused by setServers itself.
      if (list !== undefined && list !== null) resolver.setServers(list as readonly string[]);
    } catch (cause) {
      throw invalidSetting(context, "servers", `has an address that is none: ${String(cause)}`);
    }
    return {
      backend: `dns:${format}`,
      resolve: ({ appId, namespace }) =>
        resolveByDns(format.replaceAll("{appid}", appId).replaceAll("{namespace}", namespace), lookUpBy(resolver)),
      close: async () => resolver.cancel(),
    };
  },
};
