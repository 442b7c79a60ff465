import { daprMethods, type configuration } from "@mecha/sdk-core/protocol";
import { eventually } from "../eventually.js";
import type { DaprApiEndpoint } from "./endpoint.js";
import { uniqueName, type DaprApiFixture } from "./fixture.js";

/** Configuration: values are read, and changes are seen from the first response of a subscription on. */
export function configurationTests({ test: { expect }, block }: DaprApiFixture): void {
  block("configuration", (it) => {
    it("reads keys and leaves out those that are absent", async (storeName, endpoint) => {
      const [key, absent] = [uniqueName("key"), uniqueName("absent")];
      await write(endpoint, key, "blue");
      const { items } = await endpoint.transport.unary(daprMethods.getConfiguration, {
        storeName,
        keys: [key, absent],
        metadata: {},
      });
      expect(Object.keys(items)).toEqual([key]);
      expect(items[key]?.value).toBe("blue");
    });

    it("begins a subscription with its id, then tells each change", async (storeName, endpoint) => {
      const key = uniqueName("key");
      await write(endpoint, key, "1");
      const responses = iteratorOf(
        endpoint.transport.stream(daprMethods.subscribeConfiguration, only({ storeName, keys: [key], metadata: {} })),
      );
      const first = valueOf(await responses.next());
      expect(first.id).not.toBe("");
      expect(first.items).toEqual({});
      const next = responses.next();
      let isTold = false;
      next.then(
        () => (isTold = true),
        () => (isTold = true),
      );
      // daprd gives the id before it listens to Redis: what is written in between it does not hear of.
      await eventually("the change is told", async () => {
        if (!isTold) await write(endpoint, key, "2");
        return isTold;
      });
      const change = valueOf(await next);
      expect([change.id, change.items[key]?.value]).toEqual([first.id, "2"]);
      await responses.return?.();
    });

    it("ends a subscription that is unsubscribed by its id, once", async (storeName, { transport }) => {
      const keys = [uniqueName("key")];
      const responses = iteratorOf(
        transport.stream(daprMethods.subscribeConfiguration, only({ storeName, keys, metadata: {} })),
      );
      const { id } = valueOf(await responses.next());
      expect(await transport.unary(daprMethods.unsubscribeConfiguration, { storeName, id })).toMatchObject({
        ok: true,
      });
      expect((await responses.next()).done).toBe(true);
      const again = await transport.unary(daprMethods.unsubscribeConfiguration, { storeName, id });
      expect(again.ok).toBe(false);
      expect(again.message).toContain("subscription does not exist");
    });
  });
}

async function write(endpoint: DaprApiEndpoint, key: string, value: string): Promise<void> {
  if (endpoint.writeConfiguration === undefined)
    throw new Error("an endpoint with a configuration store needs writeConfiguration");
  await endpoint.writeConfiguration(key, value);
}

async function* only<T>(request: T): AsyncGenerator<T, void, undefined> {
  yield request;
}

function valueOf(
  next: IteratorResult<configuration.SubscribeConfigurationResponse>,
): configuration.SubscribeConfigurationResponse {
  if (next.done === true) throw new Error("the subscription ended");
  return next.value;
}

function iteratorOf<T>(items: AsyncIterable<T>): AsyncIterator<T> {
  return items[Symbol.asyncIterator]();
}
