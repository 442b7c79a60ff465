import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { catalogue } from "@mecha/components";
import { describe, expect, test } from "vitest";
import { root } from "../workspace.js";
import { codeIn, fencesOf, readPage, tableRowsOf } from "./markdown.js";

const sources = join(root, "packages/components/src");

/** Keys that the runtime reads of every component of a kind; described once, on the first page. */
const runtimeKeys = ["keyPrefix", "mecha.allowVolatile", "mecha.sessionCommands", "mecha.sessionKeyPrefix"];

/** The sources of a component type: its file and what that imports. */
function sourcesOf(type: string): readonly string[] {
  const load = new RegExp(`"${type}": \\(\\) => import\\("\\./(.+)\\.js"\\)`).exec(
    readFileSync(join(sources, "catalogue.ts"), "utf8"),
  );
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file) || !existsSync(file)) return;
    found.add(file);
    const specifiers = readFileSync(file, "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)\.js"/g);
    for (const [, specifier = ""] of specifiers) visit(join(dirname(file), `${specifier}.ts`));
  };
  visit(join(sources, `${load?.[1] ?? ""}.ts`));
  return [...found].map((file) => readFileSync(file, "utf8"));
}

/** The metadata keys that the sources of a type read, aliases included; a prefix that varies is left out. */
function keysReadBy(type: string): readonly string[] {
  const keys = new Set<string>();
  for (const source of sourcesOf(type)) {
    const reads = source.matchAll(
      /\b(?:text|requiredText|boolean|integer|durationMs|duration|tableName)\(\s*["`](?:\$\{prefix\})?([\w.-]+)["`]/g,
    );
    for (const [, key = ""] of reads) keys.add(key);
    for (const [, aliases = ""] of source.matchAll(/aliases: \[([^\]]+)\]/g)) {
      for (const [, alias = ""] of aliases.matchAll(/"([^"]+)"/g)) keys.add(alias);
    }
  }
  return [...keys].sort();
}

/** A page without its samples, whose values are no descriptions. */
function proseOf(page: { readonly text: string }): string {
  return page.text.replace(/^```.*?^```/gms, "");
}

describe.each(Object.keys(catalogue))("the page of %s", (type) => {
  const name = `docs/components/${type}.md`;

  test("is there, is listed, and has a sample of the type", () => {
    const page = readPage(name);
    expect(page.text.startsWith(`# ${type}\n`)).toBe(true);
    expect(readPage("docs/components/README.md").text).toContain(`[\`${type}\`](${type}.md)`);
    expect(fencesOf(page).some(({ mark, code }) => mark === "resource" && code.includes(`type: ${type}\n`))).toBe(true);
    for (const heading of ["Metadata", "Features", "On the backend", "Limits"])
      expect(page.text).toContain(`\n## ${heading}\n`);
  });

  test("names every metadata key that the source reads", () => {
    const named = new Set(codeIn(proseOf(readPage(name))).map((key) => key.replace(/^mecha\.(?=redeliver|maxRe)/, "")));
    expect(keysReadBy(type).filter((key) => !named.has(key))).toEqual([]);
  });

  test("names no key that nothing reads", () => {
    const [, metadata = ""] = /\n## Metadata\n(.*?)\n## /s.exec(proseOf(readPage(name))) ?? [];
    const own = metadata.split(/^Of a publish request:$/m)[0] ?? "";
    const code = sourcesOf(type).join("\n");
    const keys = tableRowsOf(own).flatMap(([first = ""]) => codeIn(first));
    expect(keys.filter((key) => !code.includes(key.replace(/^mecha\.(?=redeliver|maxRe)/, "")))).toEqual([]);
  });
});

test("the keys that the runtime reads are on the first page and in its source", () => {
  const page = codeIn(proseOf(readPage("docs/components/README.md")));
  const source = [
    "runtime/src/state/state-key.ts",
    "runtime/src/components/load-definition.ts",
    "spec/src/command-rules.ts",
    "runtime/src/sessions/resp/session-policy.ts",
  ]
    .map((file) => readFileSync(join(root, "packages", file), "utf8"))
    .join("\n")
    .toLowerCase();
  for (const key of runtimeKeys) {
    expect(page).toContain(key);
    expect(source).toContain(key.toLowerCase());
  }
});

test("keys are found in the sources, behind prefixes and aliases too", () => {
  expect(keysReadBy("pubsub.in-memory")).toEqual(expect.arrayContaining(["redeliverInterval", "maxInFlight"]));
  expect(keysReadBy("state.sqlite")).toEqual(
    expect.arrayContaining(["connectionString", "url", "tableName", "mecha.synchronous"]),
  );
});
