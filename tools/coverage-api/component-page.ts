import { join } from "node:path";
import { root } from "../workspace.js";
import type { ComponentRow } from "./component-rows.js";

/** The page of the suites that components ran. */
export const pageFile = join(root, "docs/reference/component-suites.md");

/** The page as Markdown. It has no numbers of tests, so that it changes only when a suite comes or goes. */
export function componentPage(rows: readonly ComponentRow[]): string {
  const lines = rows.map(
    ({ component, suite, on, result }) => `| \`${component}\` | \`${suite}\` | ${on} | ${result} |`,
  );
  return [
    "# Components and the suites that they pass",
    "",
    "Made by `npm run coverage:api -- --write` from what the tests of the components really did; what that command measures besides is in",
    "[Coverage of the Dapr API](api-coverage.md).",
    "",
    "| component | suite | on | result |",
    "| --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}
