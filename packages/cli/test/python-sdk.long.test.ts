import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actorLines, runSdkApp, sdkAppLines, sdkAppMs } from "./sdk-app.js";
import { buildMs, hasTools, runTool } from "./sdk-tools.js";

/** The official SDK, as PyPI has it; of the minor of Dapr that the engines pin. */
const packages = ["dapr==1.18.3", "dapr-ext-grpc==1.18.3", "dapr-ext-fastapi==1.18.3"];

describe.skipIf(!hasTools("python3"))("an app on the official Python SDK (needs python3 with venv)", () => {
  let folder = "";
  let command: readonly string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mecha-python-sdk-"));
    await runTool("python3", ["-m", "venv", "venv"], folder);
    const python = join(folder, "venv/bin/python");
    await runTool(python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...packages], folder);
    // Without -B, Python leaves what it compiled among the sources.
    command = [python, "-B", join(import.meta.dirname, "python/app.py")];
  }, buildMs);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test(
    "uses every block and is called over gRPC, which has no actors there",
    async () => {
      const lines = await runSdkApp(command, { appProtocol: "grpc" });
      expect(lines).toEqual(expect.arrayContaining([...sdkAppLines, 'streamed {"n":4}', "unsubscribed True"]));
    },
    sdkAppMs,
  );

  test(
    "uses every block and is called over HTTP, by FastAPI",
    async () => {
      const lines = await runSdkApp(command, { appProtocol: "http" });
      expect(lines).toEqual(expect.arrayContaining([...sdkAppLines, ...actorLines, 'streamed {"n":4}']));
    },
    sdkAppMs,
  );
});
