import { afterEach, describe, expect, it, vi } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./local-env.js";

afterEach(() => vi.unstubAllEnvs());

describe("secretstores.local.env", () => {
  it("reads variables, and knows no secret for an unset one", async () => {
    vi.stubEnv("MECHA_TEST_SECRET", "s3cret");
    const store = await component.create(testContext("secretstores.local.env", {}));
    expect(await store.get("MECHA_TEST_SECRET")).toEqual({ MECHA_TEST_SECRET: "s3cret" });
    expect(await store.get("MECHA_TEST_UNSET")).toBeUndefined();
  });

  it("takes nothing that every object has for a variable", async () => {
    const store = await component.create(testContext("secretstores.local.env", {}));
    for (const name of ["constructor", "toString", "__proto__"]) expect(await store.get(name)).toBeUndefined();
  });

  it("puts the prefix before names and lists only what has it", async () => {
    vi.stubEnv("SHOP_DB", "one");
    vi.stubEnv("SHOP_KEY", "two");
    const store = await component.create(testContext("secretstores.local.env", { prefix: "SHOP_" }));
    expect(await store.get("DB")).toEqual({ DB: "one" });
    expect([...((await store.getAll?.()) ?? [])].sort()).toEqual([
      ["DB", { DB: "one" }],
      ["KEY", { KEY: "two" }],
    ]);
  });

  it("gives the runtime's own tokens to nobody", async () => {
    for (const name of ["DAPR_API_TOKEN", "APP_API_TOKEN", "dapr_thing"]) vi.stubEnv(name, "s3cret");
    const store = await component.create(testContext("secretstores.local.env", {}));
    const all = await store.getAll?.();
    for (const name of ["DAPR_API_TOKEN", "APP_API_TOKEN", "dapr_thing"]) {
      expect(await store.get(name)).toBeUndefined();
      expect(all?.has(name)).toBe(false);
    }
    const prefixed = await component.create(testContext("secretstores.local.env", { prefix: "DAPR_" }));
    expect(await prefixed.get("API_TOKEN")).toBeUndefined();
  });
});
