import { expect, test } from "vitest";
import { tryCommand } from "./run-command.js";

test("the protocol code is generated once for the same inputs", async () => {
  expect((await tryCommand(process.execPath, ["tools/generate-protos.mjs"])).code).toBe(0);
  const second = await tryCommand(process.execPath, ["tools/generate-protos.mjs"]);
  expect(second.output).toBe("generated 0 files\n");
});
