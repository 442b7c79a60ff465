import { componentYaml } from "@mecha/conformance";
import { daprMethods, state } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { testRuntime } from "../test/runtime-fixture.js";

const files = {
  "store.yaml": componentYaml("orders", "state.in-memory"),
  "events.yaml": componentYaml("events", "pubsub.in-memory"),
};

test("a folder of YAML becomes a runtime that keeps state", async () => {
  const { transport } = await testRuntime(files);
  const item = { key: "42", value: Buffer.from('{"paid":true}'), metadata: {} };

  await transport.unary(daprMethods.saveState, { storeName: "orders", states: [item] });
  const found = await transport.unary(
    daprMethods.getState,
    state.GetStateRequest.fromPartial({ storeName: "orders", key: "42" }),
  );

  expect(found.data.toString()).toBe('{"paid":true}');
  expect(found.etag).not.toBe("");
});

test("metadata names components, what they can do and what they talk to", async () => {
  const { transport } = await testRuntime(files);

  const found = await transport.unary(daprMethods.getMetadata, {});

  expect(found.id).toBe("test-app");
  expect(found.registeredComponents.map(({ name, type, version }) => ({ name, type, version }))).toEqual([
    { name: "events", type: "pubsub.in-memory", version: "v1" },
    { name: "orders", type: "state.in-memory", version: "v1" },
  ]);
  expect(found.registeredComponents[1]?.capabilities).toEqual(expect.arrayContaining(["ETAG", "MECHA_ATOMIC"]));
  expect(found.extendedMetadata["mecha.backend.orders"]).toBe("memory");
});

test("an event that is published reaches a streaming subscription and is acknowledged", async () => {
  const { transport } = await testRuntime(files);
  let acknowledge = (): void => undefined;
  const handled = new Promise<void>((resolve) => (acknowledge = resolve));
  async function* requests() {
    yield {
      subscribeTopicEventsRequestType: {
        $case: "initialRequest" as const,
        value: { pubsubName: "events", topic: "paid", metadata: {} },
      },
    };
    await handled;
  }
  const responses = transport.stream(daprMethods.subscribeTopicEventsAlpha1, requests())[Symbol.asyncIterator]();
  const first = await responses.next();
  expect(first.value?.subscribeTopicEventsResponseType?.$case).toBe("initialResponse");

  await transport.unary(daprMethods.publishEvent, {
    pubsubName: "events",
    topic: "paid",
    data: Buffer.from('{"id":42}'),
    dataContentType: "application/json",
    metadata: {},
  });

  const { value } = await responses.next();
  const content = value?.subscribeTopicEventsResponseType;
  const event = content?.$case === "eventMessage" ? content.value : undefined;
  expect(event?.data.toString()).toBe('{"id":42}');
  expect(event).toMatchObject({
    topic: "paid",
    pubsubName: "events",
    source: "test-app",
    dataContentType: "application/json",
  });
  expect(event?.extensions).toMatchObject({ deliveryattempt: 1 });
  acknowledge();
  expect((await responses.next()).done).toBe(true);
});
