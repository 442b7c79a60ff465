import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hostChoices } from "./host-choice.js";

it("is the table that docs/guide/hosts.md shows", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/guide/hosts.md"), "utf8");
  const lines = page.split("\n");
  const first = lines.indexOf("| handler | option | beside a sidecar | embedded |") + 2;
  const shown = lines.slice(first, lines.indexOf("", first));
  const code = (name: string | undefined): string => (name === undefined ? "" : `\`${name}\` `);
  expect(shown).toEqual(
    hostChoices.map(
      ({ handler, option, sidecar, embedded }) => `| ${code(handler)}| ${code(option)}| ${sidecar} | ${embedded} |`,
    ),
  );
});
