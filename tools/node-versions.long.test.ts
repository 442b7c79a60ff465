import { join } from "node:path";
import { expect, it } from "vitest";
import { installPacked } from "./demo/install-packed.js";
import { tryCommand } from "./run-command.js";
import { root } from "./workspace.js";

const runMs = 600_000;

/** Newer Node releases than the one that runs the tests, each fetched as a package. */
it.each(["22", "24"])("runs the demo on Node %s", { timeout: runMs }, async (version) => {
  await installPacked(() => undefined);
  const demo = [
    "--conditions=@mecha/source",
    "--import",
    "tsx",
    join(root, "tools/demo/main.ts"),
    "--limit",
    "300",
    "--json",
  ];
  const { code, output } = await tryCommand("npx", ["--yes", "-p", `node@${version}`, "node", ...demo], {
    timeoutMs: runMs,
  });
  expect(output).toContain('"ok":true');
  expect(code).toBe(0);
});
