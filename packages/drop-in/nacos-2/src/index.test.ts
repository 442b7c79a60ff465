import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "@mecha/engines/vitest";
import * as upstream from "nacos-upstream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clientBehaviour, type TestedClient } from "../test/client-behaviour.js";
import { type ComponentFolder, fileComponents, nacosComponents, useComponents } from "../test/components.js";
import * as dropIn from "./index.js";

/** An address at which nothing listens: whoever contacts it fails. */
const serverAddr = "127.0.0.1:9";
const credentials = {
  accessKey: "ak",
  secretKey: "sk-secret",
  username: "u",
  password: "pw-secret",
  identityKey: "ik",
  identityValue: "iv",
};

/** The options that nacos knows and its types do not. */
const alone = {
  cluster: (Client: new (options: object) => object) => ({
    delegate: () => undefined,
    create: (options: object) => new Client(options),
  }),
};

const kinds = [
  ["DataClient", (options: upstream.ClientOptions) => new dropIn.DataClient(options)],
  ["NacosConfigClient", (options: upstream.ClientOptions) => new dropIn.NacosConfigClient(options)],
] as const;

describe.each(kinds)("%s on files", (_name, create) => {
  let components: ComponentFolder;
  let data: string;
  let client: dropIn.DataClient | dropIn.NacosConfigClient;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "mecha-nacos-data-"));
    components = await useComponents(fileComponents(data));
    client = create({ serverAddr, cacheDir: components.cacheDir, ...credentials });
  });
  afterAll(async () => {
    await (client as { close(): unknown }).close();
    await components.remove();
    await rm(data, { recursive: true });
  });
  clientBehaviour(() => client as unknown as TestedClient);
});

describeWith("nacos", "on a real Nacos", (on) => {
  describe.each(kinds)("%s", (_name, create) => {
    let components: ComponentFolder;
    let client: dropIn.DataClient | dropIn.NacosConfigClient;
    beforeAll(async () => {
      components = await useComponents(nacosComponents(on.nacos.address));
      client = create({ serverAddr, cacheDir: components.cacheDir, ...credentials });
    });
    afterAll(async () => {
      await (client as { close(): unknown }).close();
      await components.remove();
    });
    clientBehaviour(() => client as unknown as TestedClient);
  });

  describe("the original NacosConfigClient", () => {
    let cacheDir: string;
    let client: upstream.NacosConfigClient;
    // One for each test: the original sees changes of an item only after the long poll that was under way when it subscribed.
    beforeEach(async () => {
      cacheDir = await mkdtemp(join(tmpdir(), "mecha-nacos-original-"));
      client = new upstream.NacosConfigClient({ serverAddr: on.nacos.address, cacheDir, ...alone });
    });
    afterEach(async () => {
      client.close();
      await rm(cacheDir, { recursive: true, force: true });
    });
    clientBehaviour(() => client as unknown as TestedClient);
  });
});

it("has the exports of the original, with names and kinds", () => {
  expect(Object.keys(dropIn).sort()).toEqual(
    Object.keys(upstream)
      .filter((name) => name !== "default")
      .sort(),
  );
  for (const name of Object.keys(dropIn) as (keyof typeof dropIn)[])
    expect([name, typeof dropIn[name]]).toEqual([name, typeof upstream[name]]);
  expect(dropIn.NacosConfigClient.DataClient).toBe(dropIn.DataClient);
  expect(dropIn.DataClient.prototype).toBeInstanceOf(upstream.DataClient);
});
