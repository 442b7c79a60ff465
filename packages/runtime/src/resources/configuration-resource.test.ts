import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readConfigurationFile } from "./configuration-resource.js";

test("a Configuration that is not there is named, with the setting that names it", async () => {
  await expect(readConfigurationFile("nope.yaml")).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: 'The Configuration "nope.yaml" cannot be read. Name a file that is there, by --config or MECHA_CONFIG.',
  });
});

test("a file without a Configuration is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mecha-configuration-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "other.yaml");
  await writeFile(file, "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: a }\n");
  await expect(readConfigurationFile(file)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: `${file} has no document of kind Configuration`,
  });
});
