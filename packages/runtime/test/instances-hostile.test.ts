import { fork } from "node:child_process";
import { once } from "node:events";
import { access, chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { daprMethods, type Transport } from "@mecha/sdk-core/protocol";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { peerProtocolVersion } from "../src/instances/peer/peer-frame.js";
import { runtimeFolderOf } from "../src/instances/runtime-folder.js";
import { createRuntime, type Runtime } from "../src/runtime.js";
import { resourceFolder } from "./runtime-fixture.js";

beforeEach(async () => {
  vi.stubEnv("MECHA_RUNTIME_DIR", join(await resourceFolder({}), "run"));
});
afterEach(() => vi.unstubAllEnvs());

async function openRuntime(appId: string, folder: string): Promise<Runtime> {
  const runtime = await createRuntime({ appId, resourcesPaths: [folder], baseFolder: folder, drainTimeoutMs: 1_000 });
  onTestFinished(() => runtime.close());
  return runtime;
}

async function invoke(
  transport: Transport,
  method: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<string> {
  const request = { id: "stock", message: { method, contentType: "" } };
  const response = await transport.unary(daprMethods.invokeService, request, { metadata });
  return response.data?.value.toString() ?? "";
}

const alive = { contentType: "", data: { typeUrl: "", value: Buffer.from("alive") } };

test("an app whose own backend is down is called once, and stays registered", async () => {
  const folder = await resourceFolder({});
  const children = ["first", "second"].map(() => {
    const child = fork(join(import.meta.dirname, "instance-process.ts"), ["stock", folder], {
      execArgv: ["--conditions=@mecha/source", "--import", "tsx"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  });
  for (const child of children) expect((await once(child, "message"))[0]).toBe("ready");
  const { transport } = await openRuntime("shop", folder);

  await expect(invoke(transport, "offline")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringMatching(/^Component "stock" does not answer/) as string,
  });

  const counts = [Number(await invoke(transport, "calls")), Number(await invoke(transport, "calls"))];
  expect(counts.sort()).toEqual([0, 1]);
  expect(await readdir(runtimeFolderOf(folder))).toHaveLength(4);
});

test("a folder that somebody else may have filled is not believed", async () => {
  const folder = await resourceFolder({});
  const stock = await openRuntime("stock", folder);
  await stock.attachApp({ invoke: () => Promise.resolve(alive) });
  const { transport } = await openRuntime("shop", folder);
  expect(await invoke(transport, "who")).toBe("alive");
  const fresh = await openRuntime("shop", folder);

  await chmod(runtimeFolderOf(folder), 0o777);

  await expect(invoke(fresh.transport, "who")).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringContaining("MECHA_RUNTIME_DIR") as string,
  });
});

test("an entry cannot have other files removed, or calls led elsewhere", async () => {
  const folder = await resourceFolder({ "precious.txt": "mine", "precious.sock": "mine" });
  const stock = await openRuntime("stock", folder);
  await stock.attachApp({ invoke: () => Promise.resolve(alive) });
  const runtimeFolder = runtimeFolderOf(folder);
  const dead = { protocol: peerProtocolVersion, appId: "stock", pid: process.pid, startTime: "1" };
  for (const name of ["precious.txt", "precious.sock"]) {
    const entry = { ...dead, socket: join(folder, name) };
    await writeFile(join(runtimeFolder, `stock~${name}.instance.json`), JSON.stringify(entry));
  }
  await writeFile(join(runtimeFolder, "%zz~1.instance.json"), JSON.stringify(dead));
  const { transport } = await openRuntime("shop", folder);

  expect(await invoke(transport, "who")).toBe("alive");
  await access(join(folder, "precious.txt"));
  await access(join(folder, "precious.sock"));
});

test("an app does not get to know the token of the runtime that calls it", async () => {
  const folder = await resourceFolder({});
  const stock = await openRuntime("stock", folder);
  const seen: unknown[] = [];
  await stock.attachApp({
    async invoke(_request, { metadata }) {
      seen.push(metadata);
      return alive;
    },
  });
  const { transport } = await openRuntime("shop", folder);
  await invoke(transport, "who", { "dapr-api-token": "secret", "x-order": "42" });
  await invoke(stock.transport, "who", { "dapr-api-token": "secret", "x-order": "42" });

  expect(seen).toMatchObject([{ "x-order": "42" }, { "x-order": "42" }]);
  expect(JSON.stringify(seen)).not.toContain("secret");
});

test("a runtime that is closed takes no app, and leaves no socket", async () => {
  const folder = await resourceFolder({});
  const stock = await openRuntime("stock", folder);
  const attaching = stock.attachApp({ invoke: () => Promise.resolve(alive) });
  await stock.close();
  await (await attaching)();

  await expect(stock.attachApp({ invoke: () => Promise.resolve(alive) })).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  expect(await readdir(runtimeFolderOf(folder))).toEqual([]);
});

test("a runtime whose app could not be attached closes its components all the same", async () => {
  const folder = await resourceFolder({});
  const open = join(folder, "open");
  await mkdir(open);
  await chmod(open, 0o777);
  vi.stubEnv("MECHA_RUNTIME_DIR", open);
  const stock = await openRuntime("stock", folder);

  const attaching = stock.attachApp({ invoke: () => Promise.resolve(alive) }).catch((error: unknown) => error);
  await stock.close();

  expect(await attaching).toMatchObject({ code: "CONFIGURATION_INVALID" });
});
