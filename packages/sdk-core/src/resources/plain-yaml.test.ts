import { expect, it } from "vitest";
import { readWithLibrary } from "./library-yaml.js";
import type { PlainNode } from "./plain-node.js";
import { readPlainYaml } from "./plain-yaml.js";

/** What nearly all resources look like; it must not need the library. */
const plain = [
  "# of a folder\napiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: orders # the store\nspec:\n  type: state.redis\n  version: v1\n  metadata:\n    - name: redisHost\n      value: localhost:6379\n    - name: ttl\n      value: 500ms\nscopes: [orders, billing]\n",
  "kind: A\n---\n---\n# nothing\n\n--- # second\nkind: B\nspec:\n  list:\n  - 1\n  - x: 0\n    y: true\n  - {a: b c, d: [null, 'e f', \"g\\n\"]}\n  empty:\n  last: {}\n",
  '{ "kind": "A", "list": [1, "two", { "three": null }],\n  "text": "with \\"quotes\\" and \\\\",\n "deep": {"er": []}\n} # done\n',
  "kind: A\nspec:\n  url: http://127.0.0.1:80/a#b?c=d\n  quoted: 'a: b # c'\n  colon: \"a: b\"\n  zero: 0\n  word: True\n  tilde: a~b\n",
];

it.each(plain.map((text) => [text]))("reads what resources are written in as the library does", (text) => {
  expect(readPlainYaml(text)).toBeDefined();
  compare(text);
});

const other = [
  "a: |\n  text\n",
  "a: &x 1\nb: *x\n",
  "a: 1.5\n",
  "a: -1\n",
  "a: 0123\n",
  "a: one\n  two\n",
  "a: 'it''s'\n",
  "a: 1\na: 2\n",
  "a: !!str 1\n",
  '"a": 1\n',
  "a:\tb\n",
  "a: b\r\n",
  "- a\n",
  "a: b: c\n",
  "a:\n   b: 1\n  c: 2\n",
  "true: 1\n",
  "__proto__: { a: b }\n",
  "a: {b: 1\n",
  "a: [1,]\n",
  "a: [\n1]\n",
  "{a: [\n---\n]}\n",
  "a: 1\n...\n",
  "--- x\n",
  " a: 1\n",
  "a: ~\n",
  'a: "\\x41"\n',
];

it.each(other.map((text) => [text]))("leaves the rest to the library: %j", (text) => {
  expect(readPlainYaml(text)).toBeUndefined();
});

const pieces = [
  ..."abc0159.-#:,[]{}'\"&*!|>%@~?\\ \n".split(""),
  ...[
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    ": ",
    "a: ",
    "b:\n  ",
    "- a: ",
    "---\n",
    " # c\n",
    "true",
    "null",
    "{a: 1}",
    "[a, b]",
  ],
  ...["'q'", '"q"', '{"a": [1, "x"]}', "1.5", "x y", ",\n", "kind: A\n", "<<", "="],
];

it("never reads anything otherwise than the library, nor what the library refuses", () => {
  let state = 20_261_124;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let read = 0;
  for (let round = 0; round < 10_000; round++) {
    // Half of them are something good with a few changes, which is where mistakes would hide.
    const base = round % 2 === 0 ? "" : (plain[random(plain.length)] ?? "");
    let text = base;
    for (let change = random(base === "" ? 14 : 4); change >= 0; change--) {
      const at = random(text.length + 1);
      text = text.slice(0, at) + (pieces[random(pieces.length)] ?? "") + text.slice(at + random(3));
    }
    if (readPlainYaml(text) === undefined) continue;
    read++;
    compare(text);
  }
  expect(read).toBeGreaterThan(500);
});

function compare(text: string): void {
  const documents = readPlainYaml(text) ?? [];
  const expected = readWithLibrary(text, "a.yaml");
  expect(
    documents.map(({ value }) => value),
    text,
  ).toStrictEqual(expected.map(({ value }) => value));
  for (const [index, document] of documents.entries()) {
    expect(document.line, text).toBe(expected[index]?.lineOf([]));
    compareLines(document, [], (path) => expected[index]?.lineOf(path), text);
  }
}

function compareLines(
  { parts }: PlainNode,
  path: readonly (string | number)[],
  lineOf: (path: readonly (string | number)[]) => number | undefined,
  text: string,
): void {
  for (const [key, part] of parts ?? []) {
    const at = [...path, key];
    expect([at, part.line], text).toEqual([at, lineOf(at)]);
    compareLines(part.node, at, lineOf, text);
  }
}
