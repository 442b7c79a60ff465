import { randomUUID } from "node:crypto";
import type { configuration, StreamHandler, UnaryHandler } from "@mecha/sdk-core/protocol";
import { PushQueue } from "@mecha/sdk-core/protocol-core";
import { MechaError, type Subscription } from "@mecha/spec";
import { componentFailure } from "../errors/dapr-error.js";
import type { Registry, RunningComponent } from "../registry.js";
import { toItems } from "./configuration-items.js";

type Request = configuration.SubscribeConfigurationRequest;
type Response = configuration.SubscribeConfigurationResponse;

/** Configuration subscriptions that are open, by id: how to end each. */
export type OpenConfigurations = Map<string, () => void>;

/**
 * Dapr's SubscribeConfiguration: the first response carries the id of the subscription and no items; it comes when changes
 * from then on will be seen. Each further one has the items that changed.
 */
export function subscribeConfiguration(registry: Registry, open: OpenConfigurations): StreamHandler<Request, Response> {
  return async function* subscribe(requests, { signal }) {
    const { storeName, keys, metadata } = await only(requests);
    registry.get("configuration", storeName);
    const id = randomUUID();
    const responses = new PushQueue<Response>();
    responses.push({ id, items: {} });
    const onChange = (items: Parameters<typeof toItems>[0]): void => void responses.push({ id, items: toItems(items) });
    const sorted = [...keys].sort();
    let isFirst = true;
    const follow = async ({ component }: RunningComponent<"configuration">): Promise<Subscription> => {
      const opened = await component.subscribe(sorted, onChange, { metadata, signal });
      // Another store may have other values; one that cannot list all of its keys tells of them as they change.
      if (!isFirst) await component.get(sorted, { metadata, signal }).then(onChange, () => undefined);
      isFirst = false;
      return opened;
    };
    const subscription = await registry
      .hold({ kind: "configuration", name: storeName, open: follow })
      .catch((thrown: unknown) => {
        throw componentFailure(
          "configurationSubscribe",
          `failed to subscribe [${keys.join(" ")}] from Configuration store ${storeName}`,
          thrown,
          storeName,
        );
      });
    const end = (): void => responses.end();
    open.set(id, end);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    try {
      yield* responses;
    } finally {
      signal.removeEventListener("abort", end);
      open.delete(id);
      await subscription.close();
    }
  };
}

/**
 * Dapr's UnsubscribeConfiguration (deprecated there): ends the stream of a subscription from outside. As in daprd, only the id is
 * looked at.
 */
export function unsubscribeConfiguration(
  open: OpenConfigurations,
): UnaryHandler<configuration.UnsubscribeConfigurationRequest, configuration.UnsubscribeConfigurationResponse> {
  return async ({ id }) => {
    const end = open.get(id);
    if (end === undefined)
      return {
        ok: false,
        message: `failed to unsubscribe to configuration request ${id}: subscription does not exist`,
      };
    open.delete(id);
    end();
    return { ok: true, message: "" };
  };
}

async function only(requests: AsyncIterable<Request>): Promise<Request> {
  for await (const request of requests) return request;
  throw new MechaError("INVALID_ARGUMENT", "A subscription needs a request that names store and keys", {
    operation: "configuration.subscribe",
  });
}
