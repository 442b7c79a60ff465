import { bindingSuite } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import type { BindingEvent } from "@mecha/spec";
import { randomUUID } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./rocketmq.js";

describeWith("rocketmq", "bindings.rocketmq", (on) => {
  const open = async (metadata: Readonly<Record<string, string>>) => {
    const binding = await component.create(
      testContext("bindings.rocketmq", { nameServer: on.rocketmq.nameServer, instanceId: "bindings", ...metadata }),
    );
    onTestFinished(async () => binding.close?.());
    return binding;
  };
  const create = { operation: "create", data: Buffer.from("paid") };

  const suiteName = `suite-${randomUUID().slice(0, 8)}`;
  bindingSuite(
    { describe, it: (title, test) => it(title, { timeout: 60_000 }, async () => test()) },
    () => open({ topics: suiteName, consumerGroup: suiteName }),
    {
      operations: ["create"],
      input: true,
      eventWithinMs: 40_000,
      trigger: async (binding) => {
        if ("invoke" in binding) await binding.invoke({ ...create, metadata: {} });
      },
    },
  );

  it("hands over what it was given, with tag and key, and again what the app did not handle", {
    timeout: 60_000,
  }, async () => {
    const binding = await open({ topics: "orders||eu,invoices", consumerGroup: "billing" });
    const events: BindingEvent[] = [];
    let enough = (): void => undefined;
    const four = new Promise<void>((resolve) => (enough = resolve));
    await binding.read(async (event) => {
      if (events.push(event) === 4) enough();
      if (events.length === 1) throw new Error("not yet");
      return new Uint8Array();
    });
    await binding.invoke({ ...create, metadata: { "rocketmq-topic": "orders", "rocketmq-tag": "us" } });
    await binding.invoke({
      ...create,
      metadata: { "rocketmq-topic": "orders", "rocketmq-tag": "eu", "rocketmq-key": "k" },
    });
    // To both topics, to orders with the tag.
    await binding.invoke({ ...create, metadata: {} });
    await four;
    expect(events.every(({ data }) => Buffer.from(data).toString() === "paid")).toBe(true);
    const keyed = events.find(({ metadata }) => metadata["KEYS"] === "k");
    expect(keyed?.metadata).toMatchObject({
      TAGS: "eu",
      "rocketmq-consumerGroup": "billing",
      "rocketmq-sub-expression": "eu",
      "rocketmq-broker-name": expect.any(String) as string,
    });
    expect(events.some(({ metadata }) => metadata["TAGS"] === "us")).toBe(false);
  });

  it("needs a topic from somewhere", async () => {
    const binding = await open({});
    await expect(binding.invoke({ ...create, metadata: {} })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(binding.read(async () => new Uint8Array())).rejects.toMatchObject({ metadata: { key: "topics" } });
  });

  it.each([
    [{ accessProto: "http" }, "accessProto"],
    [{ topics: "a||b||c" }, "topics"],
  ])("refuses %j by its key", async (metadata, key) => {
    await expect(open(metadata)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key } });
  });
});
