import type { NameResolver, NameResolverContext, NameResolverDefinition } from "@mecha/spec";
import { readHostAddress } from "./host-address.js";
import { invalidSetting } from "./invalid-setting.js";

/**
 * `static`: a list of apps and where their runtimes are, in the Configuration itself. daprd has no such component.
 *
 * Settings: `apps`, a map of app ids (or `app.namespace`) to an address `host:port` or a list of them.
 */
export const nameResolver: NameResolverDefinition = {
  create: async (context): Promise<NameResolver> => {
    const addresses = readApps(context);
    return {
      backend: "static",
      resolve: async ({ appId, namespace }) => addresses.get(`${appId}.${namespace}`) ?? addresses.get(appId) ?? [],
    };
  },
};

function readApps(context: NameResolverContext): ReadonlyMap<string, readonly string[]> {
  const { apps } = context.configuration;
  if (typeof apps !== "object" || apps === null || Array.isArray(apps))
    throw invalidSetting(context, "apps", "is missing; write a map of app ids to addresses such as 10.0.0.5:50002");
  const entries = Object.entries(apps).map(([id, value]) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const addresses = list.map((address) => {
      if (typeof address === "string" && readHostAddress(address)?.port !== undefined) return address;
      throw invalidSetting(context, `apps.${id}`, `has ${JSON.stringify(address)}; write host:port, or a list of that`);
    });
    return [id, addresses] as const;
  });
  return new Map(entries);
}
