import type { NameResolver, NameResolverDefinition } from "@mecha/spec";
import { invalidSetting, textSetting } from "./invalid-setting.js";
import { systemLookUp } from "./look-up.js";
import { resolveByDns } from "./resolve-by-dns.js";

/**
 * `nameformat`: names that are made of the app id, as daprd's component of the name: the host is looked up as any other of the system.
 *
 * Settings: `format`, with `{appid}` in it; here it ends with the port of the runtimes, for example `{appid}.internal:50002`.
 */
export const nameResolver: NameResolverDefinition = {
  create: async (context): Promise<NameResolver> => {
    const format = textSetting(context, "format");
    if (format?.includes("{appid}") !== true)
      throw invalidSetting(context, "format", "has to have {appid} in it, for example {appid}.internal:50002");
    return {
      backend: `dns:${format}`,
      resolve: ({ appId }) => resolveByDns(format.replaceAll("{appid}", appId), systemLookUp),
    };
  },
};
