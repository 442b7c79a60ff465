import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateStoreSuite } from "@mecha/conformance";
import type { StateStore } from "@mecha/spec";
import * as test from "vitest";
import { component } from "./json-file.js";

let folder: string;
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "json-file-"));
});
test.afterAll(() => rm(folder, { recursive: true }));

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function open(metadata: Readonly<Record<string, string>>): Promise<StateStore> {
  return component.create({
    name: "orders",
    type: component.type,
    metadata,
    appId: "shop",
    baseFolder: folder,
    logger: silent,
  });
}

stateStoreSuite(test, () => open({ path: "suite.json" }), {
  features: ["ETAG", "TRANSACTIONAL"],
  foreignEtag: "another",
  etagsNeverRepeat: true,
});

test.it("finds what it wrote after a restart", async () => {
  const before = await open({ path: "kept.json" });
  await before.write([{ type: "set", key: "a", value: Buffer.from("1") }], { atomic: false });
  await before.close?.();
  const after = await open({ path: "kept.json" });
  const [record] = await after.get(["a"]);
  test.expect(Buffer.from(record?.value ?? []).toString()).toBe("1");
  await after.close?.();
});

test.it("needs a path", async () => {
  await test.expect(open({})).rejects.toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key: "path" } });
});
