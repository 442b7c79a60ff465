import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder } from "./testing/process-and-folder.js";

const script = join(import.meta.dirname, "install.ts");

test("two runs at once install everything once and both succeed", { timeout: 1_500_000 }, async () => {
  using folder = temporaryFolder();
  const env = { ...process.env, MECHA_ENGINES_INSTALLED: folder.path };
  const run = (): Promise<{ stdout: string }> =>
    promisify(execFile)(process.execPath, ["--import", "tsx", script, "--yes"], { env });
  const outputs = (await Promise.all([run(), run()])).map(({ stdout }) => stdout);
  for (const done of ["Nacos 2.3.2: done", "Dapr 1.18.2: done"]) {
    expect(outputs.filter((output) => output.includes(done))).toHaveLength(1);
  }
  expect(outputs.every((output) => output.includes("Nothing is missing now."))).toBe(true);
  expect(existsSync(join(folder.path, "jars/rocketmq/verified"))).toBe(true);
});
