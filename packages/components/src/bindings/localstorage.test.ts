import { mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bindingSuite } from "@mecha/conformance";
import { afterEach, describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./localstorage.js";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function open() {
  const parent = await realpath(await mkdtemp(join(tmpdir(), "mecha-storage-")));
  folders.push(parent);
  const root = join(parent, "root");
  const binding = await component.create(testContext("bindings.localstorage", { rootPath: root }));
  async function invoke(operation: string, fileName?: string, data = "") {
    const metadata: Record<string, string> = fileName === undefined ? {} : { fileName };
    const response = await binding.invoke({ operation, metadata, data: Buffer.from(data) });
    return Buffer.from(response.data ?? []).toString();
  }
  return { parent, root, binding, invoke };
}

describe("bindings.localstorage", () => {
  bindingSuite({ describe, it }, async () => (await open()).binding, {
    operations: ["create", "get", "delete", "list"],
  });

  it("creates, reads, lists and deletes files, with folders on the way", async () => {
    const { root, invoke, binding } = await open();
    expect(binding.operations).toEqual(["create", "get", "delete", "list"]);
    expect(JSON.parse(await invoke("create", "a/b/c.txt", "hello there"))).toEqual({ fileName: "a/b/c.txt" });
    expect(await readFile(join(root, "a/b/c.txt"), "utf8")).toBe("hello there");
    expect(await invoke("get", "a/b/c.txt")).toBe("hello there");
    expect(JSON.parse(await invoke("list", "a"))).toEqual([join(root, "a/b/c.txt")]);
    expect(JSON.parse(await invoke("list"))).toEqual([join(root, "a/b/c.txt")]);
    await invoke("delete", "a/b/c.txt");
    expect(await invoke("list")).toBe("null");
  });

  it("refuses names of the folder itself, and writes nothing beside it", async () => {
    const { parent, invoke } = await open();
    for (const operation of ["create", "get", "delete"]) {
      await expect(invoke(operation, ".", "hello")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    await expect(invoke("delete")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await readdir(parent)).toEqual(["root"]);
  });

  it("leaves a file that it replaces as private as it was", async () => {
    const { root, invoke } = await open();
    await writeFile(join(root, "secret"), "old", { mode: 0o600 });
    await invoke("create", "secret", "not base64");
    expect((await stat(join(root, "secret"))).mode & 0o777).toBe(0o600);
  });

  it("makes a name where none is given", async () => {
    const { root, invoke } = await open();
    const { fileName } = JSON.parse(await invoke("create", undefined, "hello there")) as { fileName: string };
    expect(fileName).toMatch(/^[0-9a-f-]{36}$/);
    expect(await readdir(root)).toEqual([fileName]);
  });

  it.each([
    ["plain text stays", "a b", "a b"],
    ["a quoted string is unquoted", '"a\\n\\"b\\""', 'a\n"b"'],
    ["base64 is decoded", "5Lu35qC8", "价格"],
    ["quoted base64 is both", '"5Lu35qC8"', "价格"],
    ["base64 without padding stays", "5Lu35qC", "5Lu35qC"],
    ["an object in JSON stays", '{"a":1}', '{"a":1}'],
    ["nothing stays nothing", "", ""],
  ])("writes what daprd writes: %s", async (_title, data, expected) => {
    const { invoke } = await open();
    await invoke("create", "file", data);
    expect(await invoke("get", "file")).toBe(expected);
  });

  it("refuses names that lead out of its folder", async () => {
    const { parent, root, invoke } = await open();
    await writeFile(join(parent, "outside"), "secret");
    await symlink(parent, join(root, "link"));
    await symlink(join(parent, "outside"), join(root, "file-link"));
    for (const name of [
      "../outside",
      "a/../../outside",
      "link/outside",
      "link/new",
      "file-link",
      "..",
      "a\0b",
      "/../outside",
    ]) {
      for (const operation of ["get", "create", "delete"]) {
        await expect(invoke(operation, name, "x y"), `${operation} ${name}`).rejects.toMatchObject({
          code: "INVALID_ARGUMENT",
        });
      }
    }
    expect(await readFile(join(parent, "outside"), "utf8")).toBe("secret");
    expect(await readdir(parent)).toEqual(["outside", "root"]);
  });

  it("takes a leading slash for its own folder", async () => {
    const { root, invoke } = await open();
    await invoke("create", "/etc/hosts", "mine, not the system's");
    expect(await readFile(join(root, "etc/hosts"), "utf8")).toBe("mine, not the system's");
  });

  it("says what was not found, and which operations it knows", async () => {
    const { invoke } = await open();
    await expect(invoke("get", "none")).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining('"none"'),
    });
    await expect(invoke("delete", "none")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(invoke("constructor", "none")).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("create, get, delete, list"),
    });
  });

  it.each([[{}], [{ rootPath: "/proc/mecha" }], [{ rootPath: "/sys" }]])(
    "refuses the metadata %j",
    async (metadata) => {
      await expect(component.create(testContext("bindings.localstorage", metadata))).rejects.toMatchObject({
        code: "CONFIGURATION_INVALID",
        metadata: { key: "rootPath" },
      });
    },
  );
});
