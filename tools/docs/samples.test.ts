import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadAdapterSettings } from "@mecha/adapter-kit";
import { createRuntime } from "@mecha/runtime";
import { afterAll, describe, expect, test } from "vitest";
import { fencesOf, outputAfter, type Page, readPages } from "./markdown.js";
import { createSampleFolder, type SampleFolder } from "./sample-folder.js";

const folders: SampleFolder[] = [];
afterAll(() => {
  for (const folder of folders) folder.remove();
});

function folderFor(page: Page): SampleFolder {
  const folder = createSampleFolder(page);
  folders.push(folder);
  return folder;
}

/** The app id for which a resource is meant, so that it is not passed over. */
function appIdOf(yaml: string): string {
  return /^scopes: \[([\w-]+)/m.exec(yaml)?.[1] ?? "docs";
}

/** Reads resources as the embedded runtime and the adapters do; a backend that does not run here is no fault of the sample. */
async function readResources(yaml: string, { path }: SampleFolder): Promise<void> {
  const folder = join(path, "resources");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "sample.yaml");
  writeFileSync(file, yaml);
  const appId = appIdOf(yaml);
  await loadAdapterSettings({ MECHA_ADAPTERS: file, APP_ID: appId });
  try {
    const runtime = await createRuntime({ appId, resourcesPaths: [file], baseFolder: path });
    await runtime.close();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "UNAVAILABLE") throw error;
  }
}

const pages = readPages().map((page) => ({ page, name: page.name, fences: fencesOf(page) }));

const programs = pages.filter(({ fences }) => fences.some(({ mark }) => mark === "run"));
describe.each(programs)("the programs of $name", ({ page, fences }) => {
  const samples = fences.filter(({ mark }) => mark === "run");
  test.each(samples)("line $line runs and prints what the page says", { timeout: 60_000 }, async (sample) => {
    const printed = await folderFor(page).run(sample.code, sample.language);
    expect(printed.trim()).toBe(outputAfter(sample, fences) ?? "");
  });
});

const resources = pages.filter(({ fences }) => fences.some(({ mark }) => mark === "resource"));
describe.each(resources)("the resources of $name", ({ page, fences }) => {
  const samples = fences.filter(({ mark }) => mark === "resource");
  test.each(samples)("line $line is taken by the real readers", async ({ code }) => {
    await readResources(code, folderFor(page));
  });
});

test.each(pages)("no sample of $name is left untried", ({ fences }) => {
  for (const { language, mark, code, line } of fences) {
    if (language === "ts" || language === "js") expect(mark, `line ${String(line)}`).toMatch(/^run(-on-daprd)?$/);
    if (language === "json") JSON.parse(code);
    if (language === "yaml" && mark === "") expect(code, `line ${String(line)}`).not.toContain("kind:");
  }
});

test("README shows a program and a component that are tried here", () => {
  for (const name of ["README.md", "README.zh-CN.md"]) {
    const marks = pages.find((page) => page.name === name)?.fences.map(({ mark }) => mark);
    expect(marks, name).toEqual(expect.arrayContaining(["run", "resource"]));
  }
});

test("a resource with a mistake does not pass", async () => {
  const folder = folderFor({ name: "test", text: "" });
  const component =
    "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: a }\nspec: { type: state.redis, version: v1 }\n";
  await expect(readResources(component, folder)).rejects.toThrow(/"redisHost" is missing/);
  const rules =
    "apiVersion: mecha/v1alpha1\nkind: Adapters\nmetadata: { name: a }\nscopes: [orders]\nspec: { mq: [{}] }\n";
  await expect(readResources(rules, folder)).rejects.toThrow(/spec\.mq\.0\.pubsub/);
  await expect(folder.run('throw new Error("no")')).rejects.toThrow(/ended with 1/);
  expect(readFileSync(join(folder.path, "components/cache.json"), "utf8")).toContain("state.in-memory");
});
