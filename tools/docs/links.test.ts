import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../workspace.js";
import { type Page, readPage, readPages } from "./markdown.js";

/** The anchors that a page's headings give. */
function anchorsOf({ text }: Page): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? "");
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** The relative links of a page that lead nowhere. */
function brokenLinksOf(page: Page): readonly string[] {
  const prose = page.text.replace(/^```.*?^```/gms, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = "", anchor] = target.split("#");
    const name = path === "" ? page.name : join(dirname(page.name), path);
    if (!existsSync(join(root, name))) return true;
    return anchor !== undefined && !anchorsOf(readPage(name)).has(anchor);
  });
}

test.each(readPages())("every link of $name leads somewhere", (page) => {
  expect(brokenLinksOf(page)).toEqual([]);
});

test("a link into nothing is found", () => {
  const text = "[a](missing.md) [b](README.md#missing) [c](README.md#see-it) [d](https://dapr.io)";
  expect(brokenLinksOf({ name: "page.md", text })).toEqual(["missing.md", "README.md#missing"]);
});
