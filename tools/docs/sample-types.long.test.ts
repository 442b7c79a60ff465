import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tryCommand } from "../run-command.js";
import { root } from "../workspace.js";
import { fencesOf, readPages } from "./markdown.js";
import { createSampleFolder } from "./sample-folder.js";

const folder = createSampleFolder({ name: "types", text: "" });
afterAll(() => {
  folder.remove();
});

/** Checks programs under the repository's own flags; what the packages' sources say is their own check's matter. */
async function typeErrorsOf(programs: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [name, code] of Object.entries(programs)) writeFileSync(join(folder.path, name), code);
  const compilerOptions = {
    ...{ noEmit: true, composite: false, incremental: false, declarationMap: false, rootDir: "/" },
    ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
    ...{ types: ["node"], typeRoots: [join(root, "node_modules/@types")], customConditions: ["@mecha/source"] },
  };
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, files: Object.keys(programs) };
  writeFileSync(join(folder.path, "tsconfig.json"), JSON.stringify(config));
  const { output } = await tryCommand(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", folder.path],
    {
      cwd: folder.path,
    },
  );
  return output.split("\n").filter((line) => line.startsWith("sample-"));
}

test("every program of the documentation is right in its types, and a wrong one is not", {
  timeout: 300_000,
}, async () => {
  const samples = readPages().flatMap((page) =>
    fencesOf(page).filter(({ language, mark }) => language === "ts" && mark.startsWith("run")),
  );
  expect(samples.length).toBeGreaterThan(5);
  const programs = Object.fromEntries(samples.map(({ code }, index) => [`sample-${String(index)}.ts`, code]));
  const wrong = 'import { connect } from "@mecha/sdk-core";\nconnect({ mode: "nothing" });\n';
  const errors = await typeErrorsOf({ ...programs, "sample-wrong.ts": wrong });
  expect(errors).toEqual([expect.stringMatching(/^sample-wrong\.ts\(2,11\): error TS2322/)]);
});
