import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { connect } from "@mecha/sdk-core";
import { nativeSessionPath } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { resourceFolder, testRuntime } from "../test/runtime-fixture.js";
import { openEmbeddedRuntime } from "./open-embedded-runtime.js";

const files = {
  "orders.yaml": componentYaml("orders", "state.in-memory"),
  "events.yaml": componentYaml("events", "pubsub.in-memory"),
};

test("connect() of the SDK works on the embedded runtime", async () => {
  const folder = await resourceFolder(files);
  await using mecha = await connect({ appId: "shop", mode: "embedded", resourcesPaths: [folder] });

  const orders = mecha.state<{ paid: boolean }>("orders");
  await orders.save("42", { paid: true });

  expect((await orders.get("42"))?.value).toEqual({ paid: true });
  expect((await mecha.metadata()).components.map(({ name }) => name)).toEqual(["events", "orders"]);
});

test("a session in a store's own protocol is refused by a store that has none", async () => {
  const { transport } = await testRuntime(files);
  await expect(transport.openRaw(nativeSessionPath, { component: "orders" })).rejects.toMatchObject({
    code: "UNIMPLEMENTED",
    component: "orders",
  });
  await expect(transport.openRaw(nativeSessionPath, { component: "nowhere" })).rejects.toMatchObject({
    reason: "DAPR_STATE_NOT_FOUND",
  });
});

test("a folder that is not there is an error that names it", async () => {
  await expect(openEmbeddedRuntime({ appId: "shop", resourcesPaths: ["no/such/folder"] })).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringContaining("no/such/folder"),
  });
});

test("the requests of a runtime without any component say what is missing", async () => {
  const { daprMethods, state } = await import("@mecha/sdk-core/protocol");
  const { transport } = await testRuntime({});
  await expect(
    transport.unary(daprMethods.getState, state.GetStateRequest.fromPartial({ storeName: "orders", key: "k" })),
  ).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
    reason: "DAPR_STATE_NOT_CONFIGURED",
  });
});

test("Shutdown of the Dapr API closes the runtime after its answer", async () => {
  const { daprMethods } = await import("@mecha/sdk-core/protocol");
  const { transport } = await testRuntime(files);
  await transport.unary(daprMethods.shutdown, {});
  await expect
    .poll(() => transport.unary(daprMethods.getMetadata, {}).catch((error: unknown) => error))
    .toMatchObject({ code: "UNAVAILABLE" });
});

test("an open runtime with a subscription does not keep its process alive by itself", async () => {
  const folder = await resourceFolder(files);
  const child = fork(join(import.meta.dirname, "../test/idle-process.ts"), [folder], {
    execArgv: ["--conditions=@mecha/source", "--import", "tsx"],
  });
  expect(await once(child, "exit")).toEqual([0, null]);
});
