import { isIPv6 } from "node:net";
import type {
  AppInstance,
  NameResolver,
  NameResolverContext,
  NameResolverDefinition,
  ResolveRequest,
} from "@mecha/spec";
import { readMetadata } from "../metadata/metadata-reader.js";
import { createNacosNames, type NacosInstance, type NacosNames, type NacosService } from "../nacos/nacos-names.js";
import { createNacosServer } from "../nacos/nacos-server.js";
import { readNacosSettings } from "../nacos/nacos-settings.js";

/**
 * `nacos`: finds apps in the service list of a Nacos 1 or 2, over its open HTTP API. The service of an app has the app's id for its name.
 *
 * Settings: `serverAddr`, `namespace`, `username`, `password`, `contextPath`, `timeout` as all Nacos components; `group` (default
 * `DEFAULT_GROUP`); `register` (default `true`): whether this runtime makes itself known, by an instance that lives as long as its
 * heartbeats. Dapr's namespaces of apps are not told apart: give each its own Nacos namespace or group.
 */
export const nameResolver: NameResolverDefinition = {
  async create(context): Promise<NameResolver> {
    const component = { ...context, name: "nameResolution", metadata: textsOf(context), baseFolder: "" };
    const server = createNacosServer(component, readNacosSettings(component));
    const { tenant } = readNacosSettings(component);
    const reader = readMetadata(component);
    const groupName = reader.text("group", "DEFAULT_GROUP");
    const registers = reader.boolean("register", true);
    const names = createNacosNames(server);
    const serviceOf = ({ appId }: ResolveRequest): NacosService => ({
      serviceName: appId,
      groupName,
      namespaceId: tenant,
    });
    const resolve: NameResolver["resolve"] = async (request, options) => {
      // Nacos refuses the question; ids come from callers, and this one is nobody's.
      if (!serviceName.test(request.appId)) return [];
      const instances = await names.list(serviceOf(request), options);
      return instances.map(({ ip, port }) => `${isIPv6(ip) ? `[${ip}]` : ip}:${String(port)}`);
    };
    return {
      backend: server.backend,
      resolve,
      ...(registers && { register: (instance) => keepRegistered(names, serviceOf(instance), instance, context) }),
      close: async () => server.close(),
    };
  },
};

/** What Nacos takes for the name of a service. */
const serviceName = /^(?!@)(?:(?!@@)[^\u4e00-\u9fa5\s]){1,512}$/u;

/** Registers an instance and keeps its heart beating; the result ends that. */
async function keepRegistered(
  names: NacosNames,
  service: NacosService,
  { host, port }: AppInstance,
  { logger }: NameResolverContext,
): Promise<() => Promise<void>> {
  const instance: NacosInstance = { ip: host, port };
  let timer: NodeJS.Timeout | undefined;
  let isLost = false;
  let isOver = false;
  let beating = Promise.resolve();

  const beat = async (): Promise<void> => {
    let nextMs = retryMs;
    try {
      const { isKnown, intervalMs } = await names.beat(service, instance);
      if (!isKnown) await names.register(service, instance);
      nextMs = intervalMs;
      if (isLost) logger.info(`the instance of "${service.serviceName}" is known to Nacos again`);
      isLost = false;
    } catch (error) {
      // Nacos forgets the instance after a while; it is told again as soon as it answers.
      if (!isLost) logger.warn(`${String(error)}; trying again until it answers`);
      isLost = true;
    }
    if (!isOver) plan(nextMs);
  };
  const plan = (afterMs: number): void => {
    timer = setTimeout(() => {
      beating = beat();
    }, afterMs).unref();
  };

  await names.register(service, instance);
  plan(firstBeatMs);
  return async () => {
    isOver = true;
    clearTimeout(timer);
    await beating;
    await names.deregister(service, instance);
  };
}

/** How soon after its registration an instance beats first, in milliseconds; the answer says how often from then on. */
const firstBeatMs = 1_000;

const retryMs = 2_000;

function textsOf({ configuration }: NameResolverContext): Record<string, string> {
  const scalars = Object.entries(configuration).filter(([, value]) =>
    ["string", "number", "boolean"].includes(typeof value),
  );
  return Object.fromEntries(scalars.map(([key, value]) => [key, String(value)]));
}
