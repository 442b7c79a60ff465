import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../workspace.js";
import { codeIn, readPage, tableRowsOf } from "./markdown.js";

/** Where rules are read and used. */
const folders = [
  "packages/adapter-kit/src",
  "packages/adapter-kit/src/settings",
  "packages/adapter-config/src",
  "packages/adapter-mq/src",
  "packages/sdk-core/src/resources",
];

const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder)).flatMap((name) => (/(?<!\.test)\.ts$/.test(name) ? [join(root, folder, name)] : [])),
);
const source = files.map((file) => readFileSync(file, "utf8").replaceAll('\\"', '"')).join("\n");

const [, errors = ""] = /\n## Errors, and what to do\n(.*)$/s.exec(readPage("docs/guide/adapters.md").text) ?? [];
const messages = tableRowsOf(errors).map(([message = ""]) => codeIn(message)[0] ?? "");

/** The parts of a message between those that vary. */
function fixedParts(message: string): readonly string[] {
  return message
    .split("…")
    .map((part) => part.trim())
    .filter((part) => part.length > 2);
}

test.each(messages)("the message of docs/guide/adapters.md is one of the source: %s", (message) => {
  expect(fixedParts(message).filter((part) => !source.includes(part))).toEqual([]);
});

test("every message about rules is in docs/guide/adapters.md", () => {
  const code = readFileSync(join(root, "packages/adapter-kit/src/settings/resolve-route.ts"), "utf8");
  const templates = [...code.matchAll(/invalid\(\s*`([^`]+)/g)].map((match) => match[1] ?? "");
  expect(templates.length).toBeGreaterThan(5);
  const telling = templates.map((template) => {
    const parts = template.split(/\$\{[^}]*\}/).map((part) => part.trim());
    return parts.reduce((longest, part) => (part.length > longest.length ? part : longest)).slice(0, 15);
  });
  expect(telling.filter((part) => !messages.some((message) => message.includes(part.trim())))).toEqual([]);
});
