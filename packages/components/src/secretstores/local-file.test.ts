import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./local-file.js";

const content = { plain: "1", parent: { child: "2", deeper: { port: 6379, tls: true }, list: ["a", "b"] } };
let baseFolder = "";
beforeAll(async () => {
  baseFolder = await mkdtemp(join(tmpdir(), "mecha-secrets-"));
  await writeFile(join(baseFolder, "secrets.json"), JSON.stringify(content));
  await writeFile(join(baseFolder, "broken.json"), '{"password": "hunter2",,}');
  await writeFile(join(baseFolder, "list.json"), '["hunter2"]');
});
afterAll(() => rm(baseFolder, { recursive: true }));

const open = (metadata: Record<string, string>) =>
  component.create(testContext("secretstores.local.file", metadata, { baseFolder }));

describe("secretstores.local.file", () => {
  it("reads nested values under joined keys", async () => {
    const store = await open({ secretsFile: "secrets.json" });
    expect(store.backend).toBe("file:secrets.json");
    expect(await store.get("plain")).toEqual({ plain: "1" });
    expect(await store.get("parent:deeper:port")).toEqual({ "parent:deeper:port": "6379" });
    expect(await store.get("parent:list:1")).toEqual({ "parent:list:1": "b" });
    expect(await store.get("parent")).toBeUndefined();
    expect([...((await store.getAll?.()) ?? new Map()).keys()]).toHaveLength(6);
  });

  it("joins keys with the separator that is set", async () => {
    const store = await open({ secretsFile: "secrets.json", nestedSeparator: "." });
    expect(await store.get("parent.deeper.tls")).toEqual({ "parent.deeper.tls": "true" });
  });

  it("reads each top-level object as one secret of several values", async () => {
    const store = await open({ secretsFile: "secrets.json", multiValued: "true" });
    expect(await store.get("plain")).toEqual({ plain: "1" });
    expect(await store.get("parent")).toEqual({
      child: "2",
      "deeper:port": "6379",
      "deeper:tls": "true",
      "list:0": "a",
      "list:1": "b",
    });
  });

  it.each([[{}], [{ secretsFile: "none.json" }], [{ secretsFile: "broken.json" }], [{ secretsFile: "list.json" }]])(
    "refuses the metadata %j without quoting the file",
    async (metadata) => {
      const error: unknown = await open(metadata).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key: "secretsFile" } });
      expect(`${String(error)}${String((error as Error).cause)}`).not.toContain("hunter2");
    },
  );
});
