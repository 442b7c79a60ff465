import type { MechaError } from "@mecha/spec";
import type { HttpResponse } from "./http-exchange.js";
import type { NacosServer } from "./nacos-server.js";

/** Where a service is in Nacos. */
export interface NacosService {
  readonly serviceName: string;
  readonly groupName: string;
  /** Namespace id; empty for the public one. */
  readonly namespaceId: string;
}

/** One process of a service. */
export interface NacosInstance {
  readonly ip: string;
  readonly port: number;
}

/** Answer of Nacos to a heartbeat, as far as it is read. */
interface BeatAnswer {
  readonly code?: unknown;
  readonly clientBeatInterval?: unknown;
}

/** The answer to a heartbeat of an instance that Nacos has forgotten. */
const unknownInstance = 20_404;

const path = "/v1/ns/instance";

/** The naming calls of Nacos's open API (v1, served by Nacos 1 and 2), for instances that live as long as their heartbeats. */
export interface NacosNames {
  /** The instances that are well, enabled, and have a weight. */
  list(
    service: NacosService,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly NacosInstance[]>;
  register(service: NacosService, instance: NacosInstance): Promise<void>;
  deregister(service: NacosService, instance: NacosInstance): Promise<void>;
  /** Says that an instance lives; answers whether Nacos knows it, and when it wants to hear again, in milliseconds. */
  beat(
    service: NacosService,
    instance: NacosInstance,
  ): Promise<{ readonly isKnown: boolean; readonly intervalMs: number }>;
}

/** What Nacos expects unless it says otherwise: after three times this it takes an instance for ill. */
const defaultIntervalMs = 5_000;

/** Makes the naming calls over a server. */
export function createNacosNames(server: NacosServer): NacosNames {
  const unexpected = (operation: string, { status, body }: HttpResponse): MechaError =>
    server.failure(
      status === 400 ? "INVALID_ARGUMENT" : "INTERNAL",
      operation,
      `status ${status}: ${body.slice(0, 200)}`,
    );
  const parametersOf = (service: NacosService, { ip, port }: NacosInstance) => ({
    ...service,
    ip,
    port: String(port),
    ephemeral: "true",
  });

  return {
    async list(service, options) {
      const operation = "names.resolve";
      const parameters = { ...service, healthyOnly: "true" };
      const response = await server.call({
        method: "GET",
        path: `${path}/list`,
        parameters,
        operation,
        signal: options?.signal,
      });
      if (response.status !== 200) throw unexpected(operation, response);
      return hostsOf(JSON.parse(response.body));
    },
    async register(service, instance) {
      const operation = "names.register";
      const parameters = { ...parametersOf(service, instance), weight: "1", enabled: "true", healthy: "true" };
      const response = await server.call({ method: "POST", path, parameters, operation });
      if (response.status !== 200) throw unexpected(operation, response);
    },
    async deregister(service, instance) {
      const operation = "names.deregister";
      const response = await server.call({
        method: "DELETE",
        path,
        parameters: parametersOf(service, instance),
        operation,
      });
      if (response.status !== 200) throw unexpected(operation, response);
    },
    async beat(service, instance) {
      const operation = "names.beat";
      const beat = JSON.stringify({ ...instance, serviceName: `${service.groupName}@@${service.serviceName}` });
      const parameters = { ...parametersOf(service, instance), beat };
      const response = await server.call({
        method: "PUT",
        path: `${path}/beat`,
        parameters,
        operation,
        isBackground: true,
      });
      if (response.status !== 200) throw unexpected(operation, response);
      const { code, clientBeatInterval } = JSON.parse(response.body) as BeatAnswer; // an object, as Nacos documents; its fields are checked
      const intervalMs =
        typeof clientBeatInterval === "number" && clientBeatInterval > 0 ? clientBeatInterval : defaultIntervalMs;
      return { isKnown: code !== unknownInstance, intervalMs };
    },
  };
}

function hostsOf(answer: unknown): readonly NacosInstance[] {
  const { hosts } = (answer ?? {}) as { readonly hosts?: unknown };
  if (!Array.isArray(hosts)) return [];
  return hosts.flatMap((host: Partial<Record<string, unknown>>) => {
    const { ip, port, healthy, enabled, weight } = host;
    const isUsable = healthy === true && enabled !== false && weight !== 0;
    return isUsable && typeof ip === "string" && typeof port === "number" ? [{ ip, port }] : [];
  });
}
