import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { eventually } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import * as upstream from "nacos-upstream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ComponentFolder, nacosComponents, useComponents } from "../test/components.js";
import { DataClient } from "./index.js";

describeWith("nacos", "migrated and unmigrated apps on one Nacos", (on) => {
  let components: ComponentFolder;
  let ours: DataClient;
  let original: upstream.DataClient;
  let group: string;

  async function open(namespace?: string): Promise<void> {
    const options = namespace === undefined ? {} : { namespace };
    ours = new DataClient({ serverAddr: "127.0.0.1:9", cacheDir: join(components.folder, "ours"), ...options });
    original = new upstream.DataClient({
      serverAddr: on.nacos.address,
      cacheDir: join(components.folder, "original"),
      ...options,
    });
  }

  beforeEach(async () => {
    group = `fleet-${randomUUID().slice(0, 8)}`;
    components = await useComponents(nacosComponents(on.nacos.address));
    await open();
  });
  afterEach(async () => {
    await ours.close();
    original.close();
    await components.remove();
  });

  it("the original reads what ours published, and the reverse", async () => {
    await ours.publishSingle("from-ours", group, "价格=1\n", { unit: "", type: "properties" });
    await original.publishSingle("from-original", group, "价格=2\n");
    await eventually(
      "the original reads it",
      async () => (await original.getConfig("from-ours", group, {})) === "价格=1\n",
    );
    await eventually("ours reads it", async () => (await ours.getConfig("from-original", group, {})) === "价格=2\n");
    await ours.remove("from-original", group, {});
    await eventually(
      "the original sees the removal",
      async () => ((await original.getConfig("from-original", group, {})) as string | null) === null,
    );
  });

  it("each is told at once what the other changes", async () => {
    const told: Record<"ours" | "original", (string | null)[]> = { ours: [], original: [] };
    await original.publishSingle("rules", group, "0");
    await eventually("it is readable", async () => (await original.getConfig("rules", group, {})) === "0");
    for (const [name, client] of [
      ["ours", ours],
      ["original", original],
    ] as const) {
      client.subscribe({ dataId: "rules", group }, (content: string | null) => told[name].push(content));
    }
    await eventually("both have the current value", async () => told.ours.length === 1 && told.original.length === 1);
    await ours.publishSingle("rules", group, "1");
    await eventually(
      "both have what ours published",
      async () => told.ours.length === 2 && told.original.length === 2,
      3_000,
    );
    await original.publishSingle("rules", group, "2");
    await eventually(
      "both have what the original published",
      async () => told.ours.length === 3 && told.original.length === 3,
      3_000,
    );
    await original.remove("rules", group, {});
    await eventually("both have the removal", async () => told.ours.length === 4 && told.original.length === 4, 3_000);
    expect(told).toEqual({ ours: ["0", "1", "2", null], original: ["0", "1", "2", null] });
  });

  it("they meet in a namespace, too", async () => {
    const namespace = `ns-${randomUUID().slice(0, 8)}`;
    const body = new URLSearchParams({ customNamespaceId: namespace, namespaceName: namespace, namespaceDesc: "" });
    expect((await fetch(`http://${on.nacos.address}/nacos/v1/console/namespaces`, { method: "POST", body })).ok).toBe(
      true,
    );
    await ours.close();
    original.close();
    await open(namespace);
    const told: string[] = [];
    await ours.publishSingle("a", group, "1", { unit: "" });
    await eventually("the original reads it", async () => (await original.getConfig("a", group, {})) === "1");
    ours.subscribe({ dataId: "a", group }, (content: string) => told.push(content));
    await eventually("the current value is told", async () => told.length === 1);
    await original.publishSingle("a", group, "2");
    await eventually("the change is told", async () => told.length === 2, 3_000);
    expect(told).toEqual(["1", "2"]);
  });
});
