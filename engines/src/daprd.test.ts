import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { startDaprd } from "./daprd.js";
import { readDaprDescriptors } from "./daprd-descriptors.js";
import { describeWith } from "./describe-engine.js";
import { isPortFree } from "./free-ports.js";
import { serveApp } from "./testing/http-app.js";
import { listeningAddresses } from "./testing/listening-addresses.js";
import { isAlive, temporaryFolder } from "./testing/process-and-folder.js";
import { component, resourcesFolder } from "./testing/resources.js";

const script = join(import.meta.dirname, "../fixtures/start-daprd.ts");

interface Metadata {
  readonly id: string;
  readonly runtimeVersion: string;
  readonly enabledFeatures: readonly string[];
}

async function saveState(httpAddress: string, store: string, key: string, value: string): Promise<number> {
  const body = JSON.stringify([{ key, value }]);
  const headers = { "content-type": "application/json" };
  return (await fetch(`${httpAddress}/v1.0/state/${store}`, { method: "POST", headers, body })).status;
}

test("where its binary was not built, a start says what to do", () => {
  using folder = temporaryFolder();
  const env = { ...process.env, MECHA_ENGINES_INSTALLED: folder.path };
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", script], { env, encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("Error: daprd needs its built binary: npm run engines:install");
});

describeWith("daprd", "daprd", () => {
  test("starts, tells who it is, ends when it is asked to, and leaves no process, port or folder", async () => {
    const daprd = await startDaprd({ appId: "orders" });
    const metadata = (await (await fetch(`${daprd.httpAddress}/v1.0/metadata`)).json()) as Metadata;
    expect(metadata).toMatchObject({ id: "orders", runtimeVersion: "1.18.2" });
    expect(metadata.enabledFeatures).toContain("_SubtleCrypto");
    expect(daprd.log()).toContain("starting the sidecar of orders");
    await daprd.stop({ hard: false });
    expect(daprd.pids.some(isAlive)).toBe(false);
    expect(await isPortFree(daprd.httpPort)).toBe(true);
    expect(existsSync(daprd.dataFolder)).toBe(false);
  });

  test.runIf(process.platform === "linux")("listens on the loopback interface only", async () => {
    await using daprd = await startDaprd({ appId: "orders" });
    const addresses = listeningAddresses(daprd.pids[0]!);
    expect([...addresses].sort()).toEqual([0, 1, 2].map((offset) => `127.0.0.1:${daprd.httpPort + offset}`));
  });

  test("shows the end of its log when its configuration cannot be read", async () => {
    using folder = resourcesFolder({ "config.yaml": "spec: [" });
    await expect(startDaprd({ appId: "orders", configFile: join(folder.path, "config.yaml") })).rejects.toThrow(
      /daprd of orders on 127\.0\.0\.1:\d+ ended before it answered\n--- end of .*daprd\.log\n[^]*yaml: /u,
    );
  });

  test("shows the end of its log when a component cannot be made", async () => {
    using folder = resourcesFolder({ "store.yaml": component("store", "state.nosuch") });
    await expect(startDaprd({ appId: "orders", resourcesFolders: [folder.path] })).rejects.toThrow(
      /couldn't find state store state\.nosuch/u,
    );
  });

  test("keeps its state on another start with the same folders and port", async () => {
    using data = temporaryFolder();
    const file = join(data.path, "state.db");
    using folder = resourcesFolder({ "store.yaml": component("store", "state.sqlite", { connectionString: file }) });
    const first = await startDaprd({ appId: "orders", resourcesFolders: [folder.path] });
    expect(await saveState(first.httpAddress, "store", "stock", "7")).toBe(204);
    await first.stop({ hard: true });
    await using second = await startDaprd({
      appId: "orders",
      resourcesFolders: [folder.path],
      port: first.httpPort,
    });
    expect(await (await fetch(`${second.httpAddress}/v1.0/state/store/stock`)).json()).toBe("7");
  });

  test("sidecars that name the same file invoke each other's apps, also with a configuration of their own", async () => {
    using folder = resourcesFolder({
      "config.yaml": JSON.stringify({
        apiVersion: "dapr.io/v1alpha1",
        kind: "Configuration",
        metadata: { name: "no-state" },
        spec: { api: { denied: [{ name: "state", version: "v1.0", protocol: "http" }] } },
      }),
    });
    const namesFile = join(folder.path, "names.db");
    await using app = await serveApp(({ path, headers }) => ({ path, token: headers["dapr-api-token"] }));
    await using called = await startDaprd({
      appId: "stock",
      appPort: app.port,
      appApiToken: "for the app",
      namesFile,
    });
    await using caller = await startDaprd({
      appId: "orders",
      apiToken: "for the sidecar",
      configFile: join(folder.path, "config.yaml"),
      namesFile,
    });
    const url = `${caller.httpAddress}/v1.0/invoke/${called.appId}/method/count`;
    expect((await fetch(url)).status).toBe(401);
    const headers = { "dapr-api-token": "for the sidecar" };
    expect(await (await fetch(url, { headers })).json()).toEqual({ path: "/count", token: "for the app" });
    expect((await fetch(`${caller.httpAddress}/v1.0/state/any/key`, { headers })).status).toBe(404);
  });

  test("ends when the process that started it is killed", async () => {
    const parent = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface(parent.stdout), "line")) as [string];
    const { pids, dataFolder } = JSON.parse(line) as { pids: number[]; dataFolder: string };
    expect(pids.every(isAlive)).toBe(true);
    parent.kill("SIGKILL");
    while (pids.some(isAlive)) await delay(20);
    rmSync(dataFolder, { recursive: true, force: true });
  });

  test("prints the protocol that it is linked with", async () => {
    const descriptors = Buffer.from(await readDaprDescriptors()).toString("latin1");
    for (const name of ["SubscribeActorEventsAlpha1", "BulkPublishEventAlpha1", "InputBinding", "InvokeRequest"]) {
      expect(descriptors).toContain(name);
    }
    expect(descriptors.indexOf("google/protobuf/any.proto")).toBeLessThan(
      descriptors.indexOf("dapr/proto/common/v1/common.proto"),
    );
  });
});

describeWith(["daprd", "redis"], "daprd with a real Redis", (on) => {
  test("saves and gets state over HTTP", async () => {
    using folder = resourcesFolder({
      "store.yaml": component("store", "state.redis", { redisHost: on.redis.address }),
    });
    await using daprd = await startDaprd({ appId: "daprd-test", resourcesFolders: [folder.path] });
    expect(await saveState(daprd.httpAddress, "store", "greeting", "hello")).toBe(204);
    const answer = await fetch(`${daprd.httpAddress}/v1.0/state/store/greeting`);
    expect(await answer.json()).toBe("hello");
    expect(answer.headers.get("etag")).toBe("1");
  });
});
