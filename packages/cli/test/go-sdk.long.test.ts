import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goCommand } from "@mecha/engines";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actorLines, runSdkApp, sdkAppLines, sdkAppMs } from "./sdk-app.js";
import { buildMs, hasTools, runTool } from "./sdk-tools.js";

describe.skipIf(!hasTools("go"))("an app on the official Go SDK (needs go)", () => {
  let folder = "";
  let program = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mecha-go-sdk-"));
    await cp(join(import.meta.dirname, "go"), folder, { recursive: true });
    program = join(folder, "app");
    const go = await goCommand(() => undefined);
    await runTool(go, ["build", "-o", program, "."], folder);
  }, buildMs);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(["http", "grpc"] as const)(
    "uses every block and is called over %s",
    async (appProtocol) => {
      const lines = await runSdkApp([program], { appProtocol });
      expect(lines).toEqual(expect.arrayContaining([...sdkAppLines, ...actorLines, 'streamed {"n":4}']));
    },
    sdkAppMs,
  );
});
