import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { configurationSuite, eventually } from "@mecha/conformance";
import type { ConfigurationItem } from "@mecha/spec";
import * as test from "vitest";
import { afterEach, describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { replaceFile } from "../files/replace-file.js";
import { component } from "./file.js";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function createFixture() {
  const folder = await mkdtemp(join(tmpdir(), "mecha-config-"));
  const store = await component.create(testContext("configuration.file", { path: folder }));
  return {
    folder,
    store,
    write: (key: string, value: string) => replaceFile(join(folder, key), Buffer.from(value)),
    remove: (key: string) => rm(join(folder, key)),
    async close() {
      await store.close?.();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function fixture() {
  const made = await createFixture();
  cleanups.push(made.close);
  return made;
}

describe("configuration.file", () => {
  configurationSuite(test, createFixture, { listing: true, outages: false });

  it("follows links within its folder, as Kubernetes mounts files, and none that leads out or to a device", async () => {
    const { folder, store } = await fixture();
    const outside = await mkdtemp(join(tmpdir(), "mecha-outside-"));
    cleanups.push(() => rm(outside, { recursive: true }));
    await writeFile(join(outside, "passwords"), "secret");
    await mkdir(join(folder, "..data"));
    await writeFile(join(folder, "..data", "inside"), "value");
    await symlink("..data/inside", join(folder, "inside"));
    await symlink(join(outside, "passwords"), join(folder, "stolen"));
    await symlink(outside, join(folder, "elsewhere"));
    await promisify(execFile)("mkfifo", [join(folder, "pipe")]);
    const keys = ["inside", "stolen", "elsewhere/passwords", "pipe"];
    expect([...(await store.get(keys)).keys()]).toEqual(["inside"]);
    expect([...(await store.get([])).values()].map(({ value }) => value)).toEqual(["value"]);
  });

  it("makes its folder, relative to the project root", async () => {
    const baseFolder = await mkdtemp(join(tmpdir(), "mecha-config-"));
    cleanups.push(() => rm(baseFolder, { recursive: true }));
    const store = await component.create(
      testContext("configuration.file", { path: "settings/laptop" }, { baseFolder }),
    );
    expect(store.backend).toBe("file:settings/laptop");
    expect(await readdir(join(baseFolder, "settings"))).toEqual(["laptop"]);
  });

  it("names the key when the folder is missing from the metadata or is a file", async () => {
    await expect(component.create(testContext("configuration.file", {}))).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining('"path"'),
    });
    const { folder } = await fixture();
    await writeFile(join(folder, "file"), "");
    await expect(
      component.create(testContext("configuration.file", { path: join(folder, "file") })),
    ).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      metadata: { key: "path" },
    });
  });

  it("never reads outside its folder, whatever the key", async () => {
    const { folder, store } = await fixture();
    await writeFile(join(dirname(folder), "mecha-outside"), "secret");
    cleanups.push(() => rm(join(dirname(folder), "mecha-outside")));
    for (const key of [
      "../mecha-outside",
      "a/../../mecha-outside",
      "..",
      ".",
      "%2e%2e/mecha-outside",
      "a\0b",
      "..\\mecha-outside",
    ]) {
      expect((await store.get([key])).size, key).toBe(0);
    }
    for (const key of ["", "/etc/passwd", "a//b", "a/", "x".repeat(300)]) {
      await expect(store.get([key]), key).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
  });

  it("keeps keys with unusual characters apart and lists them as they were", async () => {
    const { folder, store } = await fixture();
    const keys = ["a b/c?d", ".hidden/x", "价格/规则", "100%/of-it", "(1)/it's*"];
    const escaped = [
      "a%20b/c%3Fd",
      "%2Ehidden/x",
      "%E4%BB%B7%E6%A0%BC/%E8%A7%84%E5%88%99",
      "100%25/of-it",
      "%281%29/it%27s%2A",
    ];
    for (const [index, path] of escaped.entries()) await replaceFile(join(folder, path), Buffer.from(String(index)));
    const items = await store.get(keys);
    expect(keys.map((key) => items.get(key)?.value)).toEqual(["0", "1", "2", "3", "4"]);
    await writeFile(join(folder, ".git-keep"), "no key");
    expect([...(await store.get([])).keys()].sort()).toEqual([...keys].sort());
  });

  it("takes no folder for a value", async () => {
    const { folder, store } = await fixture();
    await mkdir(join(folder, "group"));
    expect((await store.get(["group"])).size).toBe(0);
  });

  it("sees a key whose folders are made, removed and made again after it subscribed", async () => {
    const { folder, store, write } = await fixture();
    const values: string[] = [];
    await store.subscribe(["x/y/z"], (items) => {
      for (const item of items.values()) values.push(item.removed === true ? "(removed)" : item.value);
    });
    await write("x/y/z", "1");
    await eventually("the first value is told", async () => values.length === 1, 1_500);
    await rm(join(folder, "x"), { recursive: true });
    await eventually("the removal is told", async () => values.length === 2, 1_500);
    await write("x/y/z", "2");
    await eventually("the second value is told", async () => values.length === 3, 1_500);
    expect(values).toEqual(["1", "(removed)", "2"]);
  });

  it("tells a subscriber to everything what appears in new folders", async () => {
    const { store, write } = await fixture();
    const seen = new Map<string, ConfigurationItem>();
    await store.subscribe([], (items) => {
      for (const [key, item] of items) seen.set(key, item);
    });
    await write("new/one", "1");
    await eventually("the first is told", async () => seen.has("new/one"), 1_500);
    await write("new/two", "2");
    await eventually("the second is told", async () => seen.get("new/two")?.value === "2", 1_500);
  });

  it("shows the old value or the new one while a file is being replaced", async () => {
    const { folder, store, write } = await fixture();
    const [old, young] = ["o".repeat(200_000), "n".repeat(300_000)];
    await write("big", old);
    const values = new Set<string>();
    const writing = new AbortController();
    const reading = (async () => {
      while (!writing.signal.aborted) values.add((await store.get(["big"])).get("big")?.value ?? "(absent)");
    })();
    for (let round = 0; round < 20; round++) await write("big", round % 2 === 0 ? young : old);
    writing.abort();
    await reading;
    expect([...values].filter((value) => value !== old && value !== young)).toEqual([]);
    expect(await readdir(folder)).toEqual(["big"]);
  });

  it("survives a subscriber that throws", async () => {
    const { store, write } = await fixture();
    const values: string[] = [];
    await store.subscribe(["a"], (items) => {
      values.push(items.get("a")?.value ?? "");
      if (values.length === 1) throw new Error("the subscriber is broken");
    });
    await write("a", "1");
    await eventually("the first is told", async () => values.length === 1);
    await write("a", "2");
    await eventually("the second is told", async () => values.at(-1) === "2");
  });

  it("tells what another process writes", async () => {
    const { folder, store } = await fixture();
    const told = new Promise<string | undefined>(
      (resolve) => void store.subscribe(["G/a"], (items) => resolve(items.get("G/a")?.value)),
    );
    const write =
      'const fs = require("fs"); fs.mkdirSync("G"); fs.writeFileSync("G/.new", "1"); fs.renameSync("G/.new", "G/a")';
    await promisify(execFile)(process.execPath, ["-e", write], { cwd: folder });
    expect(await told).toBe("1");
  });

  it("follows a folder that is replaced by renaming links, as Kubernetes mounts are", async () => {
    const { folder, store } = await fixture();
    for (const name of ["v1", "v2"]) await replaceFile(join(folder, `..${name}`, "rules"), Buffer.from(name));
    await symlink("..v1", join(folder, "..data"));
    await symlink("..data/rules", join(folder, "rules"));
    const values: string[] = [];
    await store.subscribe(["rules"], (items) => void values.push(items.get("rules")?.value ?? ""));
    await symlink("..v2", join(folder, "..tmp"));
    await rename(join(folder, "..tmp"), join(folder, "..data"));
    await eventually("the new version is told", async () => values.length === 1, 1_500);
    expect(values).toEqual(["v2"]);
    expect(await readFile(join(folder, "rules"), "utf8")).toBe("v2");
  });
});
