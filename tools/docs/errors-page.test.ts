import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../workspace.js";
import { codeIn, readPage, tableRowsOf } from "./markdown.js";

const page = readPage("docs/reference/errors.md").text;

/** The cells of the tables under a heading, without backticks. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ""] = new RegExp(`\\n## ${heading}\\n(.*?)(?:\\n## |$)`, "s").exec(page) ?? [];
  return tableRowsOf(section).map((row) => row.map((cell) => codeIn(cell)[0] ?? cell));
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

describe("docs/reference/errors.md", () => {
  test("has the codes and gRPC statuses of the source, in its order", () => {
    const source = read("packages/spec/src/error-code.ts");
    const inSource = [...source.matchAll(/^ {2}([A-Z_]+): (\d+),$/gm)].map(([, code, status]) => [code, status]);
    expect(inSource).toHaveLength([...source.matchAll(/^ {2}\| "([A-Z_]+)"/gm)].length);
    expect(tableUnder("Codes").map(([code, status]) => [code, status])).toEqual(inSource);
  });

  test("has the reasons of the source with their codes and HTTP statuses", () => {
    const entries = read("packages/runtime/src/errors/dapr-error.ts").matchAll(
      /^ {2}\w+: \["([A-Z_]+)", "([A-Z_]+)", (\d+)\],$/gm,
    );
    const inSource = [...entries].map(([, code, reason, status]) => [reason, code, status]);
    expect(inSource.length).toBeGreaterThan(20);
    expect(tableUnder("Reasons").map(([reason, code, status]) => [reason, code, status])).toEqual(inSource);
  });
});
