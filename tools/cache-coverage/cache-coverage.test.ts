import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../workspace.js";
import { examplesOf } from "./examples.js";
import list from "./redis-commands.json" with { type: "json" };

const commands = Object.keys(list.commands).sort();

it("has one example of each command of Redis", () => {
  const named = examplesOf(commands).map(({ command }) => command);
  expect(named.sort()).toEqual(commands);
});

it("has one line for each command of Redis in the page", () => {
  const page = readFileSync(join(root, "docs/reference/redis-commands.md"), "utf8");
  const lines = [...page.matchAll(/^\| `([^`]+)` \|/gmu)].map(([, command]) => command);
  expect(lines.sort()).toEqual(commands);
});
