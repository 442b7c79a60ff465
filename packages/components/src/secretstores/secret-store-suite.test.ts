import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectSuite, secretStoreSuite, suiteSecrets } from "@mecha/conformance";
import type { SecretStore } from "@mecha/spec";
import * as test from "vitest";
import { testContext } from "../../test/test-context.js";
import { component as environment } from "./local-env.js";
import { component as file } from "./local-file.js";

const { afterAll, beforeAll, describe, expect, it, vi } = test;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-secrets-"));
  await writeFile(join(folder, "secrets.json"), JSON.stringify(suiteSecrets));
  for (const [name, value] of Object.entries(suiteSecrets)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const openFile = () =>
  file.create(testContext("secretstores.local.file", { secretsFile: "secrets.json" }, { baseFolder: folder }));

describe("secretstores.local.env", () => {
  secretStoreSuite(test, () => environment.create(testContext("secretstores.local.env", {})), { listing: true });
});

describe("secretstores.local.file", () => {
  secretStoreSuite(test, openFile, { listing: true });
});

it.each<readonly [defect: string, title: string, (good: SecretStore) => Partial<SecretStore>]>([
  [
    "trims values",
    "reads each secret",
    () => ({ get: async (name) => ({ [name]: suiteSecrets[name]?.trim() ?? "" }) }),
  ],
  [
    "finds what every object has",
    "knows no secret",
    () => ({ get: async (name) => (suiteSecrets[name] === undefined ? undefined : { [name]: suiteSecrets[name] }) }),
  ],
  ["says its secrets", "and no secret with it", () => ({ backend: "vault:open sesame" })],
  ["lists nothing", "lists all its secrets", () => ({ getAll: async () => new Map() })],
])("the suite notices a store that %s", async (_, title, replaced) => {
  const suite = collectSuite(expect, (collected) =>
    secretStoreSuite(
      collected,
      async () => {
        const good = await openFile();
        return { ...good, ...replaced(good) };
      },
      { listing: true },
    ),
  );
  await suite.open();
  const failures: string[] = [];
  for (const each of suite.tests) if ((await each.run(1_000)) !== undefined) failures.push(each.title);
  await suite.close();
  expect(failures).toEqual(expect.arrayContaining([expect.stringContaining(title)]));
});
