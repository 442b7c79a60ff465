import { PassThrough } from "node:stream";
import { componentYaml } from "@mecha/conformance";
import { nativeSessionPath } from "@mecha/sdk-core/protocol";
import type { ComponentDefinition, NativeSessionOptions } from "@mecha/spec";
import { expect, test } from "vitest";
import { testRuntime } from "../../test/runtime-fixture.js";

test("a session is opened at the component, in the database that is asked for, and said in the metadata", async () => {
  const asked: (NativeSessionOptions | undefined)[] = [];
  const stream = new PassThrough();
  const component: ComponentDefinition<"state"> = {
    type: "state.spoken",
    create: async () => ({
      backend: "test",
      features: [],
      get: async () => [],
      write: async () => [],
      openSession: async (options) => {
        asked.push(options);
        return { protocol: "resp", stream };
      },
    }),
  };
  const catalogue = { "state.spoken": async () => ({ component }) };
  const { transport } = await testRuntime({ "a.yaml": componentYaml("cache", "state.spoken") }, { catalogue });

  expect(await transport.openRaw(nativeSessionPath, { component: "cache" })).toBe(stream);
  expect(await transport.openRaw(nativeSessionPath, { component: "cache", database: "3" })).toBe(stream);

  expect(asked).toEqual([{}, { database: 3 }]);
  await expect(transport.openRaw(nativeSessionPath, { component: "cache", database: "-1" })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  });
  const { daprMethods } = await import("@mecha/sdk-core/protocol");
  const { registeredComponents } = await transport.unary(daprMethods.getMetadata, {});
  expect(registeredComponents[0]?.capabilities).toEqual(["MECHA_SESSION_RESP"]);
});
