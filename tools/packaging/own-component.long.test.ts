import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { root } from "../workspace.js";
import { runCommand, tryCommand } from "../run-command.js";
import { openWorkshop } from "./installed-app.js";
import { defaultManager, install } from "./package-managers.js";

test("the template for a component of one's own is tested, built and run with what users install", {
  timeout: 900_000,
}, async () => {
  const workshop = await openWorkshop();
  onTestFinished(() => workshop[Symbol.asyncDispose]());
  const folder = join(workshop.folder, "own-component");
  cpSync(join(root, "examples/own-component"), folder, { recursive: true });
  await install(defaultManager, folder, { registry: workshop.registry, scratch: join(workshop.folder, "caches") });

  // Colours would put digits of their own between the words.
  const plain = { cwd: folder, env: { NO_COLOR: "1" }, timeoutMs: 200_000 };
  const { output } = await tryCommand("npx", ["vitest", "run"], plain);
  expect(output).toMatch(/Tests\D+\d{2} passed/);
  await runCommand("npx", ["tsc"], { cwd: folder, timeoutMs: 200_000 });

  const environment = { cwd: folder, env: { APP_ID: "shop" }, timeoutMs: 200_000 };
  const said = "{ paid: true } state.json-file";
  // The TypeScript file by the tsx of the project, in a program that runs without it; then the package as others install it.
  const app = readFileSync(join(folder, "src/app.ts"), "utf8")
    .replaceAll(/<\{[^>]*\}>/g, "")
    .replace("await using", "const");
  const program = `${app}await mecha.close();\n`;
  writeFileSync(join(folder, "app.mjs"), program);
  const [line = "", ...body] = program.split("\n");
  const inCommonJs = line.replace("import", "const").replace("from", "= require(").replace(";", ");");
  writeFileSync(join(folder, "app.cjs"), `${inCommonJs}\n(async () => {${body.join("\n")}})();\n`);
  expect(await runCommand("npm", ["start"], environment)).toContain(said);
  for (const file of ["app.mjs", "app.cjs"]) expect(await runCommand("node", [file], environment)).toContain(said);
  const yaml = join(folder, "components/orders.yaml");
  writeFileSync(yaml, readFileSync(yaml, "utf8").replace("../src/json-file.ts", '"@acme/mecha-json-file"'));
  for (const file of ["app.mjs", "app.cjs"]) expect(await runCommand("node", [file], environment)).toContain(said);
});
