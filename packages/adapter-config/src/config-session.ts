import {
  type AdapterSession,
  callCounter,
  type ComponentRoute,
  type ConfigRoute,
  openAdapterSession,
  resolveConfigRoute,
} from "@mecha/adapter-kit";
import { type ConfigurationSubscription, MechaError } from "@mecha/sdk-core";
import { toBindingWrite } from "./binding-write.js";
import { type ConfigItem, keyOf, type WriteDetails } from "./config-item.js";

/** Reads and writes configuration items over whichever components serve them. Connects on the first call. */
export interface ConfigSession {
  /** Rejects with `CONFIGURATION_INVALID` where settings or resources name no component for the item. */
  route(item: ConfigItem): Promise<ConfigRoute>;
  /** Reads an item; `undefined` if there is none. */
  read(item: ConfigItem): Promise<string | undefined>;
  /** Starts to watch an item; `onError` hears that the runtime is away, and the subscription then waits for it. */
  watch(item: ConfigItem, onError?: (error: MechaError) => void): Promise<ConfigurationSubscription>;
  publish(item: ConfigItem, content: string, details?: WriteDetails): Promise<void>;
  /** Removes an item; one that does not exist is removed already. */
  remove(item: ConfigItem): Promise<void>;
  /** Gives the connection back; the next call opens it again. */
  close(): Promise<void>;
}

/** How a session calls. */
export interface ConfigSessionOptions {
  /** Longest time for one call once the connection is open, in milliseconds. */
  readonly timeoutMs: number;
}

/** Makes a session; nothing is opened yet, because legacy constructors cannot wait. */
export function createConfigSession({ timeoutMs }: ConfigSessionOptions): ConfigSession {
  let opening: Promise<AdapterSession> | undefined;

  function deadline(): number {
    return Date.now() + timeoutMs;
  }

  function open(): Promise<AdapterSession> {
    opening ??= openAdapterSession().catch((error: unknown) => {
      opening = undefined; // the next call tries again
      throw error;
    });
    return opening;
  }

  async function routed(item: ConfigItem): Promise<{ mecha: AdapterSession["mecha"]; route: ConfigRoute }> {
    const { mecha, routing } = await open();
    return {
      mecha,
      route: resolveConfigRoute(routing, { dataId: item.dataId, group: item.group, namespace: item.namespace }),
    };
  }

  async function write(
    item: ConfigItem,
    operation: "create" | "delete",
    details: { content?: string } & WriteDetails,
  ): Promise<void> {
    const { mecha, route } = await routed(item);
    const target = route.write ?? refuseWrite(item, route);
    const { data, metadata } = toBindingWrite(target.type, item, details);
    await counted(target, operation, () =>
      mecha.binding(target.component).invoke(operation, data, { deadline: deadline(), metadata }),
    );
  }

  async function read(item: ConfigItem): Promise<string | undefined> {
    const { mecha, route } = await routed(item);
    const key = keyOf(item);
    const values = await counted(route, "get", () =>
      mecha.configuration(route.component).get([key], { deadline: deadline() }),
    );
    return values.get(key)?.value;
  }

  return {
    async route(item) {
      return (await routed(item)).route;
    },
    read,
    async watch(item, onError) {
      const { mecha, route } = await routed(item);
      return counted(route, "subscribe", () =>
        mecha
          .configuration(route.component)
          .subscribe([keyOf(item)], { deadline: deadline(), ...(onError !== undefined && { onError }) }),
      );
    },
    publish: (item, content, details = {}) => write(item, "create", { ...details, content }),
    async remove(item) {
      try {
        await write(item, "delete", {});
      } catch (error) {
        // Backends disagree on removing what is not there, and not all have a code for it; the legacy servers say it is done.
        const isSettled = MechaError.is(error) && error.code === "CONFIGURATION_INVALID";
        if (isSettled || (await read(item)) !== undefined) throw error;
      }
    },
    async close() {
      const opened = opening;
      opening = undefined;
      // A failed opening was reported to the calls that waited for it.
      const session = await opened?.catch(() => undefined);
      await session?.close();
    },
  };
}

async function counted<T>(route: ComponentRoute, operation: string, call: () => Promise<T>): Promise<T> {
  const { component, type, backend } = route;
  const startedAt = performance.now();
  try {
    return await call();
  } finally {
    callCounter({ adapter: "config", component, type, backend })?.record(
      operation,
      (performance.now() - startedAt) * 1_000,
    );
  }
}

function refuseWrite(item: ConfigItem, route: ConfigRoute): never {
  throw new MechaError(
    "CONFIGURATION_INVALID",
    `No output binding writes the configuration item dataId "${item.dataId}", group "${item.group}". Dapr's configuration API only reads: add a component such as bindings.nacos or bindings.localstorage, and where there are several bindings name one in a resource of kind Adapters: config: [{ match: { group: "${item.group}" }, configuration: ${route.component}, write: BINDING }]`,
    { component: route.component, operation: "config.write" },
  );
}
