import { expect, it } from "vitest";
import { root } from "../../tools/workspace.js";
import { tryCommand } from "../../tools/run-command.js";

/** The command line as `npm run bench` runs it. */
function bench(...args: readonly string[]) {
  const loader = ["--conditions=@mecha/source", "--import", "tsx"];
  return tryCommand(process.execPath, [...loader, "benchmarks/src/main.ts", ...args], { cwd: root });
}

it("ends with 2, lists the topics and leaves standard output empty for a topic that is not there", async () => {
  const { code, stdout, output } = await bench("last", "--json");
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(output).toContain("there is no topic last: cache, client, first");
});

it("tells in its help what can be measured", async () => {
  const { code, stdout } = await bench("--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(/ {2}first .*parts: app, cache, rpc, messages, imports\n/u);
});
