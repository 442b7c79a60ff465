import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createRuntime, type Runtime, type RuntimeOptions } from "../src/runtime.js";

/** A resource folder that is gone after the test. */
export async function resourceFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-runtime-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  return folder;
}

/** A runtime on a folder with these files, closed after the test. */
export async function testRuntime(
  files: Readonly<Record<string, string>>,
  options: Partial<RuntimeOptions> = {},
): Promise<Runtime> {
  const folder = await resourceFolder(files);
  const runtime = await createRuntime({
    appId: "test-app",
    resourcesPaths: [folder],
    baseFolder: folder,
    drainTimeoutMs: 1_000,
    ...options,
  });
  onTestFinished(() => runtime.close());
  return runtime;
}
