import { mkdtemp, readdir, readFile, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callReport, countCalls } from "@mecha/adapter-kit";
import { eventually } from "@mecha/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ComponentFolder, fileComponents, useComponents } from "../test/components.js";
import { DataClient, NacosConfigClient, NacosNamingClient } from "./index.js";

countCalls();

let data: string;
let components: ComponentFolder | undefined;
const clients: { close(): unknown }[] = [];

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "mecha-nacos-failures-"));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await components?.remove();
  await rm(data, { recursive: true });
});

const settings = () => join(data, "settings");

async function open(resources = fileComponents(settings()), documents: string[] = [], serverAddr = "127.0.0.1:9") {
  components = await useComponents(resources, documents);
  const client = new DataClient({
    serverAddr,
    cacheDir: join(data, "snapshots"),
    accessKey: "ak-private",
    secretKey: "sk-private",
    username: "user-private",
    password: "pw-private",
    identityKey: "x-identity",
    identityValue: "iv-private",
  });
  clients.push(client);
  const errors: Error[] = [];
  client["on"]("error", (error: Error) => errors.push(error));
  return { client, errors };
}

describe("wrong settings reach the caller", () => {
  it("says what to add where no component could serve", async () => {
    const { client } = await open([]);
    await expect(client.getConfig("rules", "G", {})).rejects.toMatchObject({
      name: "NacosServerResponseError",
      code: "CONFIGURATION_INVALID",
      message: expect.stringMatching(/no component.*configuration\.\*/),
    });
  });

  it("shows the rule to write where two could serve, and follows it", async () => {
    const two = [
      ...fileComponents(settings()),
      { name: "others", type: "configuration.file", metadata: { path: join(data, "others") } },
    ];
    const { client } = await open(two);
    await expect(client.getConfig("rules", "G", {})).rejects.toMatchObject({
      message: expect.stringContaining('config: [{ match: { group: "G" }, configuration: NAME, write: BINDING }]'),
    });
    await components?.remove();
    const rule =
      "apiVersion: mecha/v1alpha1\nkind: Adapters\nmetadata: { name: rules }\nspec:\n  config: [{ match: { group: G }, configuration: settings, write: settings-writer }]\n";
    const { client: ruled } = await open(two, [rule]);
    await ruled.publishSingle("rules", "G", "1");
    expect(await ruled.getConfig("rules", "G", {})).toBe("1");
    expect(await readFile(join(settings(), "G", "rules"), "utf8")).toBe("1");
  });

  it("says which binding to add where none can write", async () => {
    const { client } = await open(fileComponents(settings()).slice(0, 1));
    for (const writing of [client.publishSingle("rules", "G", "1"), client.remove("rules", "G", {})]) {
      await expect(writing).rejects.toMatchObject({
        name: "NacosServerResponseError",
        message: expect.stringContaining("write: BINDING"),
      });
    }
  });

  it("is not hidden by a snapshot of better times", async () => {
    const { client } = await open();
    await client.publishSingle("rules", "G", "1");
    expect(await client.getConfig("rules", "G", {})).toBe("1");
    await client.close();
    await components?.remove();
    const { client: lost } = await open([]);
    await expect(lost.getConfig("rules", "G", {})).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  });

  it("is emitted where nobody waits for it", async () => {
    const { client, errors } = await open([]);
    client.subscribe({ dataId: "rules", group: "G" }, () => undefined);
    await eventually("the error is emitted", async () => errors.some(({ name }) => name === "NacosSyncConfigError"));
    expect(errors[0]?.message).toContain("configuration.*");
  });
});

/** How often this process has asked the runtime for something. */
function callsOf(name: "get" | "subscribe"): number {
  return callReport().calls.reduce((sum, { operations }) => sum + (operations[name] ?? 0), 0);
}

describe("a backend that fails", () => {
  /** A link to itself: whoever reads the file gets an error that is not "missing". */
  const breakFile = (path: string) => rm(path, { force: true }).then(() => symlink(path, path));

  it("is answered from the snapshot, with the error emitted", async () => {
    const { client, errors } = await open();
    await client.publishSingle("rules", "G", "1");
    expect(await client.getConfig("rules", "G", {})).toBe("1");
    await breakFile(join(settings(), "G", "rules"));
    expect(await client.getConfig("rules", "G", {})).toBe("1");
    await eventually("the error is emitted", async () => errors.length > 0);
    expect(errors[0]).toMatchObject({ name: "NacosServerResponseError", body: expect.stringContaining("settings") });
  });

  it("rejects where there is no snapshot", async () => {
    const { client } = await open();
    await client.publishSingle("other", "G", "1");
    await breakFile(join(settings(), "G", "rules"));
    await expect(client.getConfig("rules", "G", {})).rejects.toMatchObject({ name: "NacosServerResponseError" });
  });

  it("is told of once it works again", async () => {
    const before = { subscribe: callsOf("subscribe"), get: callsOf("get") };
    const { client, errors } = await open();
    await client.publishSingle("rules", "G", "1");
    const told: string[] = [];
    client.subscribe({ dataId: "rules", group: "G" }, (content: string) => told.push(content));
    await eventually("the current value is told", async () => told.length === 1);
    const path = join(settings(), "G", "rules");
    // The first value comes from a read; what is to be seen here is a subscription that runs. It is opened, then reads once.
    await eventually(
      "the subscription runs",
      async () => callsOf("subscribe") > before.subscribe && callsOf("get") >= before.get + 2,
    );
    await breakFile(path);
    await unlink(path);
    await writeFile(path, "2");
    await eventually("the new value is told", async () => told.includes("2"));
    expect(errors).toEqual([]);
  });
});

it("contacts no legacy address and sends its credentials nowhere", async () => {
  let connections = 0;
  const legacy = createServer(() => connections++);
  await new Promise<void>((resolve) => legacy.listen(0, "127.0.0.1", resolve));
  const { client } = await open(undefined, [], `127.0.0.1:${(legacy.address() as AddressInfo).port}`);
  await client.publishSingle("rules", "G", "1");
  const told: string[] = [];
  client.subscribe({ dataId: "rules", group: "G" }, (content: string) => told.push(content));
  await eventually("the value is told", async () => told.length === 1);
  await client.close();
  await new Promise((resolve) => legacy.close(resolve));
  expect(connections).toBe(0);
  for (const entry of await readdir(data, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) expect(await readFile(join(entry.parentPath, entry.name), "utf8")).not.toContain("private");
  }
});

it("answers a read after it was closed, as the original does", async () => {
  const { client } = await open();
  await client.publishSingle("rules", "G", "1");
  await client.close();
  await client.close();
  expect(await client.getConfig("rules", "G", {})).toBe("1");
});

it("refuses a constructor without an address, as the original does", () => {
  for (const Client of [DataClient, NacosConfigClient]) {
    expect(() => new Client({})).toThrow(expect.objectContaining({ name: "AssertionError" }));
  }
});

it("leaves the caller's options as they were", async () => {
  components = await useComponents(fileComponents(settings()));
  const options = Object.freeze({ serverAddr: "127.0.0.1:9", cacheDir: join(data, "snapshots") });
  clients.push(new DataClient(options), new NacosConfigClient(options));
  expect(options).toEqual({ serverAddr: "127.0.0.1:9", cacheDir: join(data, "snapshots") });
});

it("says of naming that it is not served, and what to do", () => {
  expect(() => new NacosNamingClient({ logger: console, serverList: "127.0.0.1:9" })).toThrow(
    /NacosNamingClient is not served.*"nacos-naming": "\^2\.6\.3"/,
  );
});
