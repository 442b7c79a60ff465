import {
  type BindingRequest,
  type BindingResponse,
  type ComponentDefinition,
  MechaError,
  type OutputBinding,
} from "@mecha/spec";
import { createNacosConfigs } from "../nacos/nacos-configs.js";
import { type NacosAddress, parseNacosKey } from "../nacos/nacos-key.js";
import { createNacosServer } from "../nacos/nacos-server.js";
import { readNacosSettings } from "../nacos/nacos-settings.js";

/**
 * `bindings.nacos`: writes the configuration of a Nacos 1 or 2; what Dapr's configuration API, which only reads, lacks.
 *
 * Metadata as in `configuration.nacos`. Operations:
 * - `create` publishes the data, text in UTF-8; request metadata `type` and `appName` are passed on, and `encoding: base64` has the
 *   data decoded first
 * - `get` answers the content, `NOT_FOUND` if there is none
 * - `delete` removes it, also if there is none
 *
 * The item is named by request metadata `group`, `dataId` and, if it is not in the component's namespace, `tenant`; or by `fileName`,
 * a key as in `configuration.nacos`, so that one request fits this binding and `bindings.localstorage`.
 */
export const component: ComponentDefinition<"bindings", OutputBinding> = {
  type: "bindings.nacos",
  async create(context) {
    const settings = readNacosSettings(context);
    const server = createNacosServer(context, settings);
    const configs = createNacosConfigs(server);

    async function ping(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
      await configs.get({ tenant: settings.tenant, group: "mecha", dataId: "ping" }, options);
    }

    const operations = {
      async create(request: BindingRequest, address: NacosAddress, signal?: AbortSignal): Promise<BindingResponse> {
        const { type, appName } = request.metadata;
        await configs.publish(address, textOf(request), { type, appName, signal });
        return {};
      },
      async get(request: BindingRequest, address: NacosAddress, signal?: AbortSignal): Promise<BindingResponse> {
        const found = await configs.get(address, { signal });
        if (found === undefined)
          throw server.failure(
            "NOT_FOUND",
            `binding.${request.operation}`,
            `no item ${address.group}/${address.dataId}`,
          );
        return { data: Buffer.from(found.content) };
      },
      async delete(_request: BindingRequest, address: NacosAddress, signal?: AbortSignal): Promise<BindingResponse> {
        await configs.remove(address, { signal });
        return {};
      },
    };

    try {
      await ping();
    } catch (error) {
      server.close();
      throw error;
    }

    return {
      backend: server.backend,
      operations: Object.keys(operations),
      ping,
      async invoke(request, options) {
        const { operation } = request;
        if (operation !== "create" && operation !== "get" && operation !== "delete") {
          throw server.failure(
            "INVALID_ARGUMENT",
            `binding.${operation}`,
            `unknown operation; known: ${Object.keys(operations).join(", ")}`,
          );
        }
        return operations[operation](request, addressOf(request, settings.tenant), options?.signal);
      },
      async close() {
        server.close();
      },
    };
  },
};

function addressOf({ metadata, operation }: BindingRequest, tenant: string): NacosAddress {
  const { dataId, group, fileName } = metadata;
  if (dataId !== undefined && group !== undefined) {
    return parseNacosKey(
      [...(metadata["tenant"] === undefined ? [] : [metadata["tenant"]]), group, dataId].join("/"),
      tenant,
    );
  }
  if (fileName !== undefined) return parseNacosKey(fileName, tenant);
  throw new MechaError(
    "INVALID_ARGUMENT",
    'Name the Nacos item in the request\'s metadata: "group" and "dataId", or "fileName"',
    {
      operation: `binding.${operation}`,
    },
  );
}

function textOf({ data, metadata }: BindingRequest): string {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf8");
  return metadata["encoding"] === "base64" ? Buffer.from(text, "base64").toString("utf8") : text;
}
