import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@mecha/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientBehaviour, type TestedClient } from "../test/client-behaviour.js";
import { type ComponentFolder, fileComponents, useComponents } from "../test/components.js";
import { runClient } from "../test/run-client.js";
import { type Sidecar, startSidecar } from "../test/sidecar.js";
import { DataClient } from "./index.js";

describe("through a sidecar", () => {
  let data: string;
  let components: ComponentFolder;
  let sidecar: Sidecar;
  let client: DataClient;
  const errors: Error[] = [];

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "mecha-nacos-sidecar-"));
    components = await useComponents(fileComponents(join(data, "settings")));
    sidecar = await startSidecar(join(components.folder, "components"));
    client = new DataClient({ serverAddr: "127.0.0.1:9", cacheDir: components.cacheDir });
    client["on"]("error", (error: Error) => errors.push(error));
  });
  afterAll(async () => {
    await client.close();
    await sidecar.remove();
    await components.remove();
    await rm(data, { recursive: true });
  });

  clientBehaviour(() => client as unknown as TestedClient);

  it.each([
    ["data client reads", 0],
    ["config client subscribes and closes", 0],
    ["data client subscribes", "alive"],
  ] as const)("holds the process as the original does: %s, %s", async (scenario, expected) => {
    const process = await runClient({
      kind: "drop-in",
      scenario,
      serverAddr: "127.0.0.1:9",
      cacheDir: components.cacheDir,
    });
    await process.ready;
    const result = await process.exitWithin(expected === "alive" ? 1_500 : 10_000);
    await process.kill();
    expect(result).toBe(expected);
  });

  it("tells after the sidecar's restart what changed meanwhile, and emits an error in between", async () => {
    const told: string[] = [];
    await client.publishSingle("rules", "restart", "1");
    client.subscribe({ dataId: "rules", group: "restart" }, (content: string) => told.push(content));
    await eventually("the current value is told", async () => told.length === 1);
    await sidecar.stop();
    await eventually("the error is emitted", async () => errors.some(({ name }) => name === "NacosLongPullingError"));
    await sidecar.restart();
    const writer = new DataClient({ serverAddr: "127.0.0.1:9", cacheDir: components.cacheDir });
    await eventually("the sidecar answers again", async () =>
      writer.publishSingle("rules", "restart", "2").catch(() => false),
    );
    await eventually("the change is told", async () => told.includes("2"));
    await writer.close();
    expect(told).toEqual(["1", "2"]);
  });
});
