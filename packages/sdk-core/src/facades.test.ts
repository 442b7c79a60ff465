import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { componentYaml, mechaOver, temporaryFolder, testRuntime, ways } from "../test/mecha-fixture.js";
import type { Mecha } from "./mecha.js";
import type { StateEntry } from "./state/state-entry.js";

afterEach(() => vi.unstubAllEnvs());

describe.each(ways)("the smaller facades, %s", (way) => {
  it("call output bindings and read secrets", async () => {
    vi.stubEnv("MECHA_TEST_SECRET", "s3cret");
    const folder = await temporaryFolder();
    const files = componentYaml("files", "bindings.localstorage", { rootPath: folder });
    const mecha = await mechaOver(await testRuntime([files, componentYaml("env", "secretstores.local.env")]), way);
    await mecha.binding("files").invoke("create", "content", { metadata: { fileName: "a.txt" } });
    expect(await readFile(join(folder, "a.txt"), "utf8")).toContain("content");
    const reply = await mecha.binding("files").invoke("get", undefined, { metadata: { fileName: "a.txt" } });
    expect(reply.text()).toContain("content");
    expect(await mecha.secrets("env").get("MECHA_TEST_SECRET")).toEqual({ MECHA_TEST_SECRET: "s3cret" });
    await expect(mecha.binding("nowhere").invoke("create")).rejects.toThrow("nowhere");
    await expect(mecha.secrets("nowhere").get("a")).rejects.toThrow("nowhere");
  });

  it("say what the runtime is and has loaded", async () => {
    const mecha = await mechaOver(await testRuntime([componentYaml("orders", "state.in-memory")]), way);
    const { appId, components } = await mecha.metadata({ deadline: Date.now() + 5_000 });
    expect(appId).toBe("under-test");
    expect(components).toMatchObject([
      { name: "orders", type: "state.in-memory", capabilities: expect.arrayContaining(["ETAG"]) as unknown },
    ]);
  });
});

it("types values by what the caller names", () => {
  interface Order {
    readonly paid: boolean;
  }
  expectTypeOf<ReturnType<Mecha["state"]>["get"]>().returns.resolves.toEqualTypeOf<StateEntry<unknown> | undefined>();
  const typed = (mecha: Mecha) => mecha.state<Order>("orders").get("1");
  expectTypeOf(typed).returns.resolves.toEqualTypeOf<StateEntry<Order> | undefined>();
  const reply = (mecha: Mecha) => mecha.app("a").invoke<Order>("m");
  expectTypeOf(reply).returns.resolves.toEqualTypeOf<Order>();
  expectTypeOf<Mecha["mode"]>().toEqualTypeOf<"embedded" | "sidecar">();
});
