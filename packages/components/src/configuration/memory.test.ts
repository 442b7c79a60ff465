import { randomUUID } from "node:crypto";
import { configurationSuite } from "@mecha/conformance";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./memory.js";
import { memoryConfiguration } from "./memory-configuration.js";

const { expect, it } = test;

const open = (values?: string, name: string = randomUUID()) =>
  component.create(testContext("configuration.in-memory", values === undefined ? {} : { values }, { name }));

test.describe("configuration.in-memory", () => {
  configurationSuite(
    test,
    async () => {
      const name = randomUUID();
      const store = await open(undefined, name);
      const values = memoryConfiguration(name);
      return {
        store,
        write: async (key, value) => values.set(key, value),
        remove: async (key) => values.remove(key),
        close: async () => store.close?.(),
      };
    },
    { listing: true, outages: false },
  );

  it("begins with the values of its metadata", async () => {
    const store = await open('{"colour":"blue","size":"7"}');
    expect([...(await store.get([]))].map(([key, { value }]) => [key, value])).toEqual([
      ["colour", "blue"],
      ["size", "7"],
    ]);
  });

  it.each([["[1]"], ["blue"], ['{"size":7}']])("refuses the values %s", async (values) => {
    await expect(open(values)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key: "values" } });
  });
});
