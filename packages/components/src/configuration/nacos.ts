import type { ComponentDefinition, ConfigurationItem, ConfigurationItems, ConfigurationStore } from "@mecha/spec";
import { createNacosConfigs, md5Of, type NacosContent } from "../nacos/nacos-configs.js";
import { parseNacosKey } from "../nacos/nacos-key.js";
import { createNacosServer } from "../nacos/nacos-server.js";
import { readNacosSettings } from "../nacos/nacos-settings.js";
import { createNacosWatch, type NacosWatch } from "../nacos/nacos-watch.js";
import { removedItem } from "./changes-between.js";

/**
 * `configuration.nacos`: the configuration of a Nacos 1 or 2, over its open HTTP API.
 *
 * Metadata: `serverAddr`, `namespace`, `username`, `password`, `contextPath`, `timeout`; see `readNacosSettings`.
 *
 * A key is `tenant/group/dataId` (`public` or an empty tenant: the public namespace), or `group/dataId` in the component's namespace.
 * A value's version is its MD5, as in Nacos. `get` without keys reads the component's namespace; a subscription names its keys.
 */
export const component: ComponentDefinition<"configuration"> = {
  type: "configuration.nacos",
  async create(context): Promise<ConfigurationStore> {
    const settings = readNacosSettings(context);
    const server = createNacosServer(context, settings);
    const configs = createNacosConfigs(server);
    const watchByTenant = new Map<string, NacosWatch>();

    async function ping(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
      await configs.get({ tenant: settings.tenant, group: "mecha", dataId: "ping" }, options);
    }

    function watchOf(tenant: string): NacosWatch {
      const existing = watchByTenant.get(tenant);
      if (existing !== undefined) return existing;
      const watch = createNacosWatch(tenant, configs, {
        lost: (error) => context.logger.warn(`${error.message}; trying again until it answers`),
        regained: () => context.logger.info(`Component "${context.name}" (${context.type}): Nacos answers again`),
      });
      watchByTenant.set(tenant, watch);
      return watch;
    }

    try {
      await ping();
    } catch (error) {
      server.close();
      throw error;
    }

    return {
      backend: server.backend,
      ping,

      async get(keys, options) {
        const items = new Map<string, ConfigurationItem>();
        if (keys.length === 0) {
          for (const found of await configs.list(settings.tenant, options))
            items.set(`${found.group}/${found.dataId}`, itemOf(found));
          return items;
        }
        const addresses = keys.map((key) => parseNacosKey(key, settings.tenant));
        const contents = await Promise.all(addresses.map((address) => configs.get(address, options)));
        for (const [index, key] of keys.entries()) {
          const content = contents[index];
          if (content !== undefined) items.set(key, itemOf(content));
        }
        return items;
      },

      async subscribe(keys, onChange, options) {
        if (keys.length === 0) {
          throw server.failure(
            "UNIMPLEMENTED",
            "configuration.subscribe",
            "Nacos cannot watch all items; name the keys",
          );
        }
        const addresses = keys.map((key) => parseNacosKey(key, settings.tenant));
        const known = await Promise.all(addresses.map((address) => configs.get(address, options)));
        let isClosed = false;
        let delivered = Promise.resolve();

        function deliver(items: ConfigurationItems): void {
          delivered = delivered
            .then(() => (isClosed ? undefined : onChange(items)))
            .catch((error: unknown) =>
              context.logger.error(
                `Component "${context.name}" (${context.type}): a subscriber failed: ${String(error)}`,
              ),
            );
        }

        const removers = keys.map((key, index) => {
          const address = addresses[index] ?? parseNacosKey(key, settings.tenant);
          let md5 = md5Of(known[index]?.content);
          return watchOf(address.tenant).add(address, md5, (current) => {
            // Several subscriptions share the watch, and this one may know the content already.
            const currentMd5 = md5Of(current?.content);
            if (currentMd5 === md5) return;
            md5 = currentMd5;
            deliver(new Map([[key, current === undefined ? removedItem : itemOf(current)]]));
          });
        });
        return {
          async close() {
            isClosed = true;
            for (const remove of removers) remove();
          },
        };
      },

      async close() {
        for (const watch of watchByTenant.values()) watch.close();
        watchByTenant.clear();
        server.close();
      },
    };
  },
};

function itemOf({ content, md5 }: NacosContent): ConfigurationItem {
  return { value: content, version: md5, metadata: {} };
}
