import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { daprMethods, type Transport } from "@mecha/sdk-core/protocol";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { startTimeOf } from "../src/instances/process-identity.js";
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

function startProcess(script: string, ...args: readonly string[]): ChildProcess {
  const child = fork(join(import.meta.dirname, script), args, {
    execArgv: ["--conditions=@mecha/source", "--import", "tsx"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function startInstance(appId: string, folder: string): Promise<ChildProcess> {
  const child = startProcess("instance-process.ts", appId, folder);
  expect((await once(child, "message"))[0]).toBe("ready");
  return child;
}

async function invoke(transport: Transport, id: string, method: string): Promise<string> {
  const response = await transport.unary(daprMethods.invokeService, { id, message: { method, contentType: "" } });
  return response.data?.value.toString() ?? "";
}

test("an app in another process is called, and its failure comes back as such", async () => {
  const folder = await resourceFolder({});
  const child = await startInstance("stock", folder);
  const { transport } = await openRuntime("shop", folder);

  expect(await invoke(transport, "stock", "who")).toBe(String(child.pid));
  await expect(invoke(transport, "stock", "fail")).rejects.toMatchObject({
    code: "UNKNOWN",
    message: expect.stringContaining("broken on purpose"),
  });
});

test("calls go to the instances of an app in turn", async () => {
  const folder = await resourceFolder({});
  const children = await Promise.all([startInstance("stock", folder), startInstance("stock", folder)]);
  const { transport } = await openRuntime("shop", folder);

  const counts = new Map<string, number>();
  for (let call = 0; call < 10; call++) {
    const pid = await invoke(transport, "stock", "who");
    counts.set(pid, (counts.get(pid) ?? 0) + 1);
  }

  expect(counts).toEqual(new Map(children.map(({ pid }) => [String(pid), 5])));
});

test("an instance that is killed in the middle of a call gives UNAVAILABLE, and later calls go to another", async () => {
  const folder = await resourceFolder({});
  const doomed = await startInstance("stock", folder);
  const { transport } = await openRuntime("shop", folder);
  const hanging = invoke(transport, "stock", "hang");
  expect((await once(doomed, "message"))[0]).toBe("hanging");

  doomed.kill("SIGKILL");

  await expect(hanging).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("may or may not have been done"),
  });
  const next = await startInstance("stock", folder);
  for (let call = 0; call < 4; call++) expect(await invoke(transport, "stock", "who")).toBe(String(next.pid));
  const files = await readdir(runtimeFolderOf(folder));
  expect(files.filter((file) => file.includes(String(doomed.pid)))).toEqual([]);
});

test("both workers of a node:cluster are called", async () => {
  const folder = await resourceFolder({});
  const primary = startProcess("cluster-process.ts", folder);
  const [pids] = (await once(primary, "message")) as [number[]];
  const { transport } = await openRuntime("shop", folder);

  const answers = [await invoke(transport, "clustered", "who"), await invoke(transport, "clustered", "who")];

  expect(answers.sort()).toEqual(pids.map(String).sort());
});

test("an attached app does not keep its process alive by itself, and leaves nothing behind", async () => {
  const folder = await resourceFolder({});
  const child = startProcess("instance-process.ts", "stock", folder, "--idle");

  expect(await once(child, "exit")).toEqual([0, null]);
  expect(await readdir(runtimeFolderOf(folder))).toEqual([]);
});

test("an app that nobody serves is an error that says so", async () => {
  const folder = await resourceFolder({});
  const { transport } = await openRuntime("shop", folder);

  await expect(invoke(transport, "stock", "who")).rejects.toMatchObject({
    code: "INTERNAL",
    reason: "ERR_DIRECT_INVOKE",
    message: expect.stringMatching(/failed to invoke, id: stock.*start the app/),
  });
});

test("an app that was detached is not found any more", async () => {
  const folder = await resourceFolder({});
  const [stock, shop] = [await openRuntime("stock", folder), await openRuntime("shop", folder)];
  const answer = { contentType: "", data: { typeUrl: "", value: Buffer.from("here") } };
  const detach = await stock.attachApp({ invoke: () => Promise.resolve(answer) });
  expect(await invoke(shop.transport, "stock", "who")).toBe("here");

  await detach();

  await expect(invoke(shop.transport, "stock", "who")).rejects.toMatchObject({ reason: "ERR_DIRECT_INVOKE" });
});

test("several hosts of one app share its socket: each call goes to the one that has the method", async () => {
  const { MechaError } = await import("@mecha/spec");
  const folder = await resourceFolder({});
  const [stock, shop] = [await openRuntime("stock", folder), await openRuntime("shop", folder)];
  const only = (name: string) => ({
    invoke: async ({ method }: { readonly method: string }) => {
      if (method !== name) throw new MechaError("NOT_FOUND", `no ${method} here`, { operation: "app.invoke" });
      return { contentType: "", data: { typeUrl: "", value: Buffer.from(name) } };
    },
  });
  const detachFirst = await stock.attachApp(only("reserve"));
  await stock.attachApp(only("release"));

  expect(await invoke(shop.transport, "stock", "release")).toBe("release");
  expect(await invoke(stock.transport, "stock", "reserve")).toBe("reserve");
  await expect(invoke(shop.transport, "stock", "count")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await detachFirst();
  expect(await invoke(shop.transport, "stock", "release")).toBe("release");
  await expect(invoke(shop.transport, "stock", "reserve")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("processes of different namespaces do not see each other", async () => {
  const folder = await resourceFolder({});
  vi.stubEnv("MECHA_NAMESPACE", "blue");
  const stock = await openRuntime("stock", folder);
  await stock.attachApp({ invoke: () => Promise.resolve({ contentType: "" }) });
  vi.stubEnv("MECHA_NAMESPACE", "green");
  const { transport } = await openRuntime("shop", folder);

  await expect(invoke(transport, "stock", "who")).rejects.toMatchObject({ reason: "ERR_DIRECT_INVOKE" });
});

test("services in subfolders of one project meet", async () => {
  const project = await resourceFolder({ "package.json": "{}" });
  const { mkdir } = await import("node:fs/promises");
  await mkdir(join(project, "services", "a"), { recursive: true });
  expect(runtimeFolderOf(join(project, "services", "a"))).toBe(runtimeFolderOf(project));
});

test("MECHA_NAMESPACE is a name, or a folder whose project is meant", async () => {
  const project = await resourceFolder({ "package.json": "{}" });
  const other = await resourceFolder({ "package.json": "{}" });
  const namespaces = ["", project, "shop", join(project, "absent")].map((namespace) => {
    vi.stubEnv("MECHA_NAMESPACE", namespace);
    return [runtimeFolderOf(project), runtimeFolderOf(other)] as const;
  });
  vi.unstubAllEnvs();
  expect(namespaces.map(([one, two]) => one === two)).toEqual([false, true, true, true]);
  expect(namespaces[1]?.[0]).toBe(namespaces[0]?.[0]);
});

test("a runtime folder that others may write to is refused with the variable to set", async () => {
  const { chmod, mkdir } = await import("node:fs/promises");
  const folder = await resourceFolder({});
  const open = join(folder, "open");
  await mkdir(open);
  await chmod(open, 0o777);
  vi.stubEnv("MECHA_RUNTIME_DIR", open);
  const stock = await openRuntime("stock", folder);

  await expect(stock.attachApp({ invoke: () => Promise.resolve({ contentType: "" }) })).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringContaining("MECHA_RUNTIME_DIR"),
  });
});

test("an entry of a dead process, and a file that is no entry, harm nobody", async () => {
  const folder = await resourceFolder({});
  const stock = await openRuntime("stock", folder);
  await stock.attachApp({
    invoke: () => Promise.resolve({ contentType: "", data: { typeUrl: "", value: Buffer.from("alive") } }),
  });
  const runtimeFolder = runtimeFolderOf(folder);
  const dead = {
    protocol: peerProtocolVersion,
    appId: "stock",
    pid: process.pid,
    startTime: "1",
    socket: join(runtimeFolder, "gone.sock"),
  };
  await writeFile(join(runtimeFolder, "stock~dead.instance.json"), JSON.stringify(dead));
  await writeFile(join(runtimeFolder, "stock~broken.instance.json"), "{");
  const { transport } = await openRuntime("shop", folder);

  for (let call = 0; call < 4; call++) expect(await invoke(transport, "stock", "who")).toBe("alive");
  expect(await readdir(runtimeFolder)).not.toContain("stock~dead.instance.json");
});

test("an entry of a live process whose socket is gone is passed over, and removed", async () => {
  const folder = await resourceFolder({});
  const stock = await openRuntime("stock", folder);
  await stock.attachApp({
    invoke: () => Promise.resolve({ contentType: "", data: { typeUrl: "", value: Buffer.from("alive") } }),
  });
  const runtimeFolder = runtimeFolderOf(folder);
  const { pid } = process;
  const gone = {
    protocol: peerProtocolVersion,
    appId: "stock",
    pid,
    startTime: startTimeOf(pid),
    socket: join(runtimeFolder, "gone.sock"),
  };
  await writeFile(join(runtimeFolder, "stock~gone.instance.json"), JSON.stringify(gone));
  const { transport } = await openRuntime("shop", folder);

  for (let call = 0; call < 4; call++) expect(await invoke(transport, "stock", "who")).toBe("alive");
  expect(await readdir(runtimeFolder)).not.toContain("stock~gone.instance.json");
});

test("an instance that starts later gets its share of the calls", async () => {
  const folder = await resourceFolder({});
  const [first, second, shop] = await Promise.all(["stock", "stock", "shop"].map((id) => openRuntime(id, folder)));
  const named = (name: string) => ({ contentType: "", data: { typeUrl: "", value: Buffer.from(name) } });
  await first?.attachApp({ invoke: () => Promise.resolve(named("first")) });
  if (shop === undefined || second === undefined) throw new Error("three runtimes were opened");
  expect(await invoke(shop.transport, "stock", "who")).toBe("first");

  await second.attachApp({ invoke: () => Promise.resolve(named("second")) });

  await expect.poll(() => invoke(shop.transport, "stock", "who")).toBe("second");
});

test("an app in another process hears that its caller's deadline has passed", async () => {
  const folder = await resourceFolder({});
  const [stock, shop] = [await openRuntime("stock", folder), await openRuntime("shop", folder)];
  const told = new Promise<unknown>((resolve) => {
    void stock.attachApp({
      invoke: (_request, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            resolve(signal.reason);
            reject(signal.reason as Error);
          });
        }),
    });
  });
  await expect.poll(() => readdir(runtimeFolderOf(folder)).catch(() => [])).toHaveLength(2);

  const request = { id: "stock", message: { method: "who", contentType: "" } };
  const call = shop.transport.unary(daprMethods.invokeService, request, { deadline: Date.now() + 200 });

  await expect(call).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  expect(await told).toMatchObject({ code: "CANCELLED" });
});
