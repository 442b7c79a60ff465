import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { tableRowsOf } from "../docs/markdown.js";
import { componentPage, pageFile } from "./component-page.js";
import { type ComponentRow, componentShortcomings } from "./component-rows.js";

async function rowsOfPage(): Promise<readonly ComponentRow[]> {
  return tableRowsOf(await readFile(pageFile, "utf8")).map(([component = "", suite = "", on = "", result = ""]) => ({
    component: component.replaceAll("`", ""),
    suite: suite.replaceAll("`", ""),
    on,
    ...{ passed: 0, failed: 0, skipped: 0 },
    result: result === "pass" || result === "skipped" ? result : "fail",
  }));
}

test("every component that there is has passed the suite of its kind, says the page", async () => {
  expect(componentShortcomings(await rowsOfPage())).toEqual([]);
});

test("the page is as the command writes it", async () => {
  expect(await readFile(pageFile, "utf8")).toBe(componentPage(await rowsOfPage()));
});
