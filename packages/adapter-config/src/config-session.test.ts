import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callReport, countCalls } from "@mecha/adapter-kit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ConfigSession, createConfigSession } from "./config-session.js";

countCalls();

const item = { dataId: "rules", group: "G" };
let folder: string;
let session: ConfigSession;

function componentYaml(name: string, type: string, key: string, value: string): string {
  return `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: ${name} }\nspec:\n  type: ${type}\n  version: v1\n  metadata: [{ name: ${key}, value: ${JSON.stringify(value)} }]\n`;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-config-session-"));
  const [components, settings] = [join(folder, "components"), join(folder, "settings")];
  await mkdir(components);
  await writeFile(join(components, "read.yaml"), componentYaml("settings", "configuration.file", "path", settings));
  await writeFile(
    join(components, "write.yaml"),
    componentYaml("writer", "bindings.localstorage", "rootPath", settings),
  );
  process.env["DAPR_RESOURCES_PATHS"] = components;
  session = createConfigSession({ timeoutMs: 5_000 });
});
afterEach(async () => {
  await session.close();
  delete process.env["DAPR_RESOURCES_PATHS"];
  await rm(folder, { recursive: true });
});

function counts(): Record<string, Readonly<Record<string, number>>> {
  return Object.fromEntries(callReport().calls.map(({ component, operations }) => [component, operations]));
}

describe("a session on files", () => {
  it("routes to the only component and the only binding", async () => {
    expect(await session.route(item)).toMatchObject({
      component: "settings",
      type: "configuration.file",
      write: { component: "writer", type: "bindings.localstorage" },
    });
  });

  it("reads what it published, exactly, and nothing after it was removed", async () => {
    const content = '"YWJjZA=="\n价格';
    await session.publish(item, content);
    expect(await readFile(join(folder, "settings", "G", "rules"), "utf8")).toBe(content);
    expect(await session.read(item)).toBe(content);
    await session.remove(item);
    expect(await session.read(item)).toBeUndefined();
    await session.remove(item);
  });

  it("tells changes", async () => {
    const subscription = await session.watch(item);
    await session.publish(item, "1");
    for await (const values of subscription) {
      expect(values.get("G/rules")?.value).toBe("1");
      break;
    }
    await subscription.close();
  });

  it("counts each call to the component that it went to, the refused ones too", async () => {
    const before = counts();
    const since = (component: string, operation: string) =>
      (counts()[component]?.[operation] ?? 0) - (before[component]?.[operation] ?? 0);
    await session.publish(item, "1");
    await session.read(item);
    await session.read(item);
    await (await session.watch(item)).close();
    await session.remove(item);
    expect([since("writer", "create"), since("writer", "delete")]).toEqual([1, 1]);
    expect([since("settings", "get"), since("settings", "subscribe")]).toEqual([2, 1]);
    const [target] = callReport().calls.filter(({ component }) => component === "settings");
    expect(target).toMatchObject({
      adapter: "config",
      type: "configuration.file",
      backend: expect.stringMatching(/^file:.*settings$/),
    });
  });

  it("opens again after it was closed", async () => {
    await session.publish(item, "1");
    await session.close();
    await session.close();
    expect(await session.read(item)).toBe("1");
  });
});
