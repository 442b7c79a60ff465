import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { makeRuntimeFolder } from "../instances/checked-folder.js";
import { publishedActors, socketsOfType } from "./actor-entry.js";
import { newSocketName, removeSocket, socketPath } from "./engine-socket.js";

describe("the entries of apps with actors", () => {
  let folder: string;

  beforeEach(async () => {
    const parent = await mkdtemp(join(tmpdir(), "mecha-entries-"));
    onTestFinished(() => rm(parent, { recursive: true, force: true }));
    folder = join(parent, "run");
    await makeRuntimeFolder(folder);
  });

  it("say at which sockets a type is called, until they are taken away", async () => {
    const [cart, both] = [newSocketName(), newSocketName()];
    const one = publishedActors(folder, "shop", cart);
    const other = publishedActors(folder, "till", both);
    one.publish(["Cart"]);
    other.publish(["Cart", "Till"]);
    expect([...(await socketsOfType(folder, "Cart"))].sort()).toEqual([cart, both].sort());
    expect(await socketsOfType(folder, "Till")).toEqual([both]);
    expect(await socketsOfType(folder, "Other")).toEqual([]);
    other.publish([]);
    expect(await socketsOfType(folder, "Till")).toEqual([]);
    one.remove();
    other.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it("of processes that ended are removed; what is no entry is passed over", async () => {
    const published = publishedActors(folder, "shop", newSocketName());
    published.publish(["Cart"]);
    const [file = ""] = await readdir(folder);
    const entry = JSON.parse(await readFile(join(folder, file), "utf8")) as object;
    published.remove();
    await writeFile(join(folder, "gone.actors.json"), JSON.stringify({ ...entry, pid: 2 ** 22 + 1 }));
    await writeFile(join(folder, "broken.actors.json"), "{");
    await writeFile(join(folder, "newer.actors.json"), JSON.stringify({ ...entry, version: 2 }));
    expect(await socketsOfType(folder, "Cart")).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(["broken.actors.json", "newer.actors.json"]);
  });

  it("are not believed in a folder that others may write to", async () => {
    const published = publishedActors(folder, "shop", newSocketName());
    published.publish(["Cart"]);
    await chmod(folder, 0o777);
    await expect(socketsOfType(folder, "Cart")).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
    published.remove();
  });

  it("are not there where there is no folder", async () => {
    expect(await socketsOfType(join(folder, "none"), "Cart")).toEqual([]);
  });

  it("name sockets of the folder, and nothing else", async () => {
    const name = newSocketName();
    expect(socketPath(folder, name)).toBe(join(folder, name));
    await writeFile(join(folder, "precious"), "");
    for (const wrong of ["../precious", "precious", "", "a-1-00000000.sock/../precious"]) {
      expect(() => socketPath(folder, wrong)).toThrow(expect.objectContaining({ code: "DATA_LOSS" }));
      removeSocket(folder, wrong);
    }
    expect(await readdir(folder)).toEqual(["precious"]);
  });
});
