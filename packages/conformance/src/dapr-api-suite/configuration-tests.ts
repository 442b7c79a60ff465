import { daprMethods, type configuration } from "@mecha/sdk-core/protocol";
import type { ConfigurationSubscription } from "@mecha/sdk-core";
import { eventually } from "../eventually.js";
import type { DaprApiEndpoint } from "./endpoint.js";
import { only, uniqueName, type DaprApiFixture } from "./fixture.js";

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
      const change = valueOf(await writeUntilTold(endpoint, key, responses.next()));
      expect([change.id, change.items[key]?.value]).toEqual([first.id, "2"]);
      await responses.return?.();
    });

    it("reads all keys when none is named", async (storeName, endpoint) => {
      const [one, two] = [uniqueName("key"), uniqueName("key")];
      await write(endpoint, one, "1");
      await write(endpoint, two, "2");
      const all = await endpoint.mecha.configuration(storeName).get([]);
      expect([all.get(one)?.value, all.get(two)?.value]).toEqual(["1", "2"]);
    });

    it("tells three subscribers updates and removals, each of its own keys, until they unsubscribe", async (storeName, endpoint) => {
      const settings = endpoint.mecha.configuration(storeName);
      const [shared, own] = [uniqueName("key"), uniqueName("key")];
      await write(endpoint, shared, "1");
      await write(endpoint, own, "1");
      const readers = await Promise.all(
        [[shared], [shared], [shared, own]].map(async (keys) => readChanges(await settings.subscribe(keys))),
      );
      await writeUntil(endpoint, shared, "all three are told", () =>
        readers.every(({ seen }) => seen.has(`${shared}=2`)),
      );
      await writeUntil(endpoint, own, "the one with the key is told", () => readers[2]?.seen.has(`${own}=2`) === true);
      await readers[0]?.close();
      await endpoint.writeConfiguration?.(shared, undefined);
      await eventually("the other two hear of the removal", async () =>
        readers.slice(1).every(({ seen }) => seen.has(`${shared} removed`)),
      );
      expect(readers.map(({ seen }) => [...seen])).toEqual([
        [`${shared}=2`],
        [`${shared}=2`, `${shared} removed`],
        [`${shared}=2`, `${own}=2`, `${shared} removed`],
      ]);
      await Promise.all(readers.map(({ close }) => close()));
    });

    it("hands changes to the handler of a host, again after one that failed, until the host is closed", async (storeName, endpoint) => {
      const key = uniqueName("key");
      await write(endpoint, key, "1");
      const [seen, errors]: [string[], string[]] = [[], []];
      const host = endpoint.mecha
        .host({ onError: ({ operation, message }) => errors.push(`${operation ?? ""}: ${message}`) })
        .onConfiguration(storeName, [key], (values, store) => {
          seen.push(`${store} ${values.get(key)?.value ?? ""}`);
          if (seen.length === 1) throw new Error("not this one");
        });
      await host.start();
      const first = eventually("the handler is called", async () => seen.length > 0);
      await writeUntilTold(endpoint, key, first);
      expect(seen[0]).toBe(`${storeName} 2`);
      expect(errors).toEqual([expect.stringMatching(/^configuration\.handle: .*not this one/)]);
      await write(endpoint, key, "3");
      await eventually("the handler is called again", async () => seen.at(-1) === `${storeName} 3`);
      await host.close();
      const before = seen.length;
      await using changes = await endpoint.mecha.configuration(storeName).subscribe([key]);
      await writeUntilTold(endpoint, key, changes[Symbol.asyncIterator]().next());
      expect(seen).toHaveLength(before);
    });

    it("answers by the names from when it was alpha", async (storeName, endpoint) => {
      const { transport } = endpoint;
      const key = uniqueName("key");
      await write(endpoint, key, "1");
      const request = { storeName, keys: [key], metadata: {} };
      const { items } = await transport.unary(daprMethods.getConfigurationAlpha1, request);
      expect(items[key]?.value).toBe("1");
      const responses = iteratorOf(transport.stream(daprMethods.subscribeConfigurationAlpha1, only(request)));
      const { id } = valueOf(await responses.next());
      expect(id).not.toBe("");
      const unsubscribe = { storeName, id };
      expect((await transport.unary(daprMethods.unsubscribeConfigurationAlpha1, unsubscribe)).ok).toBe(true);
      expect((await responses.next()).done).toBe(true);
    });

    it("reads and follows values on a runtime that knows the older names only", async (storeName, endpoint) => {
      const older = endpoint
        .without("getConfiguration", "subscribeConfiguration", "unsubscribeConfiguration")
        .configuration(storeName);
      const key = uniqueName("key");
      await write(endpoint, key, "1");
      await using changes = await older.subscribe([key]);
      expect((await older.get([key])).get(key)?.value).toBe("1");
      const { value: changed } = await writeUntilTold(endpoint, key, changes[Symbol.asyncIterator]().next());
      expect(changed instanceof Map && changed.get(key)).toMatchObject({ value: "2" });
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
      const elsewhere = await transport.unary(daprMethods.unsubscribeConfiguration, { storeName: "nowhere", id });
      expect(elsewhere).toEqual(again);
    });
  });
}

/** The changes of a subscription, each as `key=value` or `key removed`. */
function readChanges(subscription: ConfigurationSubscription): {
  readonly seen: ReadonlySet<string>;
  close(): Promise<void>;
} {
  const seen = new Set<string>();
  const read = async (): Promise<void> => {
    for await (const changes of subscription) {
      for (const [key, { value, isRemoved }] of changes) seen.add(isRemoved ? `${key} removed` : `${key}=${value}`);
    }
  };
  const reading = read();
  return {
    seen,
    async close() {
      await subscription.close();
      await reading;
    },
  };
}

async function write(endpoint: DaprApiEndpoint, key: string, value: string): Promise<void> {
  if (endpoint.writeConfiguration === undefined)
    throw new Error("an endpoint with a configuration store needs writeConfiguration");
  await endpoint.writeConfiguration(key, value);
}

/** Has "2" written until a subscription tells of it: daprd says that it is subscribed before it listens to Redis. */
async function writeUntilTold<T>(endpoint: DaprApiEndpoint, key: string, next: Promise<T>): Promise<T> {
  let isTold = false;
  const told = (): void => {
    isTold = true;
  };
  next.then(told, told);
  await writeUntil(endpoint, key, "the change is told", () => isTold);
  return next;
}

/** Writes "2" again and again until what should come of it is there. */
function writeUntil(endpoint: DaprApiEndpoint, key: string, claim: string, holds: () => boolean): Promise<void> {
  return eventually(claim, async () => {
    if (!holds()) await write(endpoint, key, "2");
    return holds();
  });
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
