import { randomUUID } from "node:crypto";
import { bindingSuite, eventually } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as test from "vitest";
import { nacosHands } from "../../test/nacos-hands.js";
import { testContext } from "../../test/test-context.js";
import { component } from "./nacos.js";

const { afterEach, expect, it } = test;
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

describeWith("nacos", "bindings.nacos", (on) => {
  async function open() {
    const binding = await component.create(testContext("bindings.nacos", { serverAddr: on.nacos.address }));
    cleanups.push(() => binding.close?.());
    const hands = nacosHands(on.nacos.address);
    return {
      binding,
      hands,
      group: `test-${randomUUID().slice(0, 8)}`,
      invoke: (operation: string, metadata: Record<string, string>, data = "") =>
        binding.invoke({ operation, metadata, data: Buffer.from(data) }),
      reads: (key: string, value: string | undefined) =>
        eventually(`${key} is ${String(value)}`, async () => (await hands.read(key)) === value),
    };
  }

  bindingSuite(test, async () => (await open()).binding, { operations: ["create", "get", "delete"] });

  it("publishes, reads and deletes by group and dataId", async () => {
    const { group, invoke, reads } = await open();
    const metadata = { group, dataId: "a" };
    await invoke("create", metadata, "价格=1\n");
    await reads(`${group}/a`, "价格=1\n");
    expect(Buffer.from((await invoke("get", metadata)).data ?? []).toString()).toBe("价格=1\n");
    await invoke("delete", metadata);
    await reads(`${group}/a`, undefined);
    await expect(invoke("get", metadata)).rejects.toMatchObject({ code: "NOT_FOUND", component: "under-test" });
  });

  it("takes the file name that bindings.localstorage takes, and base64", async () => {
    const { group, invoke, reads } = await open();
    await invoke("create", { fileName: `${group}/a`, encoding: "base64" }, Buffer.from("价格").toString("base64"));
    await reads(`${group}/a`, "价格");
    await invoke("create", { fileName: `${group}/b` }, "YWJjZA==");
    await reads(`${group}/b`, "YWJjZA==");
  });

  it("publishes into a named namespace", async () => {
    const { hands, group, invoke, reads } = await open();
    const tenant = `ns-${randomUUID().slice(0, 8)}`;
    await hands.createNamespace(tenant);
    await invoke("create", { tenant, group, dataId: "a" }, "1");
    await invoke("create", { fileName: `${tenant}/${group}/b` }, "2");
    await reads(`${tenant}/${group}/a`, "1");
    await reads(`${tenant}/${group}/b`, "2");
    expect(await hands.read(`${group}/a`)).toBeUndefined();
  });

  it("passes the type on, for Nacos's console", async () => {
    const { group, invoke, reads } = await open();
    await invoke("create", { group, dataId: "a", type: "json", appName: "orders" }, "{}");
    await reads(`${group}/a`, "{}");
    const parameters = new URLSearchParams({ show: "all", group, dataId: "a" });
    const shown = await fetch(`http://${on.nacos.address}/nacos/v1/cs/configs?${parameters.toString()}`);
    expect(await shown.json()).toMatchObject({ type: "json", appName: "orders" });
  });

  it("deletes what is not there, as Nacos does", async () => {
    const { group, invoke } = await open();
    await expect(invoke("delete", { group, dataId: "none" })).resolves.toEqual({});
  });

  it("says what is wrong with a request", async () => {
    const { group, invoke } = await open();
    await expect(invoke("create", { group }, "x")).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("dataId"),
    });
    await expect(invoke("create", { group, dataId: "a" }, "")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(invoke("list", { group, dataId: "a" })).rejects.toMatchObject({
      message: expect.stringContaining("create, get, delete"),
    });
  });
});
