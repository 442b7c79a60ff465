import { randomUUID } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";
import { configurationSuite, eventually } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as test from "vitest";
import { afterEach, expect, it } from "vitest";
import { startLoopbackProxy } from "../../test/loopback-proxy.js";
import { nacosHands } from "../../test/nacos-hands.js";
import { testContext } from "../../test/test-context.js";
import { component } from "./nacos.js";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describeWith("nacos", "configuration.nacos", (on) => {
  async function open(metadata: Record<string, string> = {}) {
    const store = await component.create(
      testContext("configuration.nacos", { serverAddr: on.nacos.address, ...metadata }),
    );
    cleanups.push(() => store.close?.());
    return store;
  }

  configurationSuite(
    test,
    async () => {
      const proxy = await startLoopbackProxy(on.nacos.address);
      const store = await component.create(
        testContext("configuration.nacos", { serverAddr: proxy.address, timeout: "3s" }),
      );
      const hands = nacosHands(on.nacos.address);
      return {
        store,
        write: hands.write,
        remove: hands.remove,
        async withoutBackend(during) {
          await proxy.cut();
          await during();
          await proxy.mend();
        },
        async close() {
          await store.close?.();
          await proxy.close();
        },
      };
    },
    { listing: true, outages: true },
  );

  it("tells a change within a second", async () => {
    const store = await open();
    const key = `test-${randomUUID()}/a`;
    let toldAt = 0;
    await store.subscribe([key], () => {
      toldAt = Date.now();
    });
    const writtenAt = Date.now();
    await nacosHands(on.nacos.address).write(key, "1");
    await eventually("the change is told", async () => toldAt > 0);
    expect(toldAt - writtenAt).toBeLessThan(1_000);
  });

  it("reads keys of its own namespace, of a named one and of the public one", async () => {
    const hands = nacosHands(on.nacos.address);
    const [tenant, group] = [`ns-${randomUUID().slice(0, 8)}`, `test-${randomUUID().slice(0, 8)}`];
    await hands.createNamespace(tenant);
    await hands.write(`${tenant}/${group}/a`, "in the namespace");
    await hands.write(`${group}/a`, "in public");
    const [own, shared] = [await open({ namespace: tenant }), await open()];
    await eventually(
      "both are readable",
      async () =>
        (await hands.read(`${tenant}/${group}/a`)) !== undefined && (await hands.read(`${group}/a`)) !== undefined,
    );
    const values = async (store: typeof own, keys: string[]) =>
      [...(await store.get(keys)).values()].map(({ value }) => value);
    expect(await values(own, [`${group}/a`, `public/${group}/a`, `/${group}/a`])).toEqual([
      "in the namespace",
      "in public",
      "in public",
    ]);
    expect(await values(shared, [`${group}/a`, `${tenant}/${group}/a`])).toEqual(["in public", "in the namespace"]);
    expect((await own.get([])).get(`${group}/a`)?.value).toBe("in the namespace");
    expect(own.backend).toBe(`nacos://${on.nacos.address}/${tenant}`);
  });

  it("watches two namespaces at once", async () => {
    const hands = nacosHands(on.nacos.address);
    const [tenant, group] = [`ns-${randomUUID().slice(0, 8)}`, `test-${randomUUID().slice(0, 8)}`];
    await hands.createNamespace(tenant);
    const store = await open();
    const told: string[] = [];
    await store.subscribe([`${tenant}/${group}/a`, `${group}/a`], (items) => void told.push(...items.keys()));
    await hands.write(`${group}/a`, "1");
    await hands.write(`${tenant}/${group}/a`, "1");
    await eventually("both are told", async () => told.length === 2, 3_000);
    expect(told.sort()).toEqual([`${group}/a`, `${tenant}/${group}/a`].sort());
  });

  it("finds the server that answers among several", async () => {
    const dead = await startLoopbackProxy(on.nacos.address);
    await dead.cut();
    const store = await open({ serverAddr: `${dead.address},${on.nacos.address}` });
    expect((await store.get(["group/none"])).size).toBe(0);
  });

  it("refuses keys that Nacos could not hold", async () => {
    const store = await open();
    for (const key of ["only-data-id", "a/b/c/d", "group/", "group/a b", ""]) {
      await expect(store.get([key]), key).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    await expect(store.subscribe([], () => undefined)).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
  });

  it("says so when the context path leads to no Nacos", async () => {
    await expect(open({ contextPath: "elsewhere" })).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining("404"),
    });
  });
});

it("says that Nacos is down, naming component and address, in bounded time", async () => {
  const proxy = await startLoopbackProxy("127.0.0.1:9");
  await proxy.cut();
  await expect(
    component.create(testContext("configuration.nacos", { serverAddr: proxy.address })),
  ).rejects.toMatchObject({
    code: "UNAVAILABLE",
    component: "under-test",
    message: expect.stringMatching(`"under-test".*${proxy.address}.*serverAddr`),
  });
});

it("gives up on a Nacos that accepts and never answers", async () => {
  const mute = createServer(() => undefined);
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => void mute.close());
  const address = mute.address() as AddressInfo;
  const startedAt = Date.now();
  const creating = component.create(
    testContext("configuration.nacos", { serverAddr: `127.0.0.1:${address.port}`, timeout: "300ms" }),
  );
  await expect(creating).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("300 ms") });
  expect(Date.now() - startedAt).toBeLessThan(2_000);
});

it.each([
  [{}, "serverAddr"],
  [{ serverAddr: "not a host" }, "serverAddr"],
  [{ serverAddr: "host:99999" }, "serverAddr"],
  [{ serverAddr: "ftp://host" }, "serverAddr"],
  [{ serverAddr: "host", username: "nacos" }, "password"],
  [{ serverAddr: "host", password: "x" }, "username"],
  [{ serverAddr: "host", timeout: "soon" }, "timeout"],
])("refuses the metadata %j and names the key", async (metadata, key) => {
  await expect(component.create(testContext("configuration.nacos", metadata))).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    component: "under-test",
    metadata: { key },
  });
});
