import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/mecha-fixture.js";
import { readResourceDocuments } from "./read-documents.js";

const component = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\n";

it("reads documents in the order of names, through links, and no folders below", async () => {
  const folder = await temporaryFolder({
    "b.yml": `${component}---\n# nothing\n---\n${component.replace("a\n", "b\n")}scopes: [orders]\n`,
    "a.json": '{ "kind": "Adapters", "metadata": {}, "scopes": null }',
    "notes.txt": "no: resource",
    "empty.yaml": "",
  });
  await mkdir(join(folder, "below.yaml"));
  await symlink(join(folder, "a.json"), join(folder, "c.yaml"));
  const documents = await readResourceDocuments([folder, join(folder, "a.json")]);
  expect(documents.map(({ kind, name, scopes, line }) => [kind, name, scopes, line])).toEqual([
    ["Adapters", "", [], 1],
    ["Component", "a", [], 1],
    ["Component", "b", ["orders"], 8],
    ["Adapters", "", [], 1],
    ["Adapters", "", [], 1],
  ]);
});

it("finds the line of a value, or of the nearest parent that exists", async () => {
  const file = join(
    await temporaryFolder({
      "a.yaml": `# first\n${component}spec:\n  type: x\n  metadata:\n    - name: k\n      value: v\n`,
    }),
    "a.yaml",
  );
  const [document] = await readResourceDocuments([file]);
  const lineOf = (...path: (string | number)[]) => Number(document!.locate(path).slice(file.length + 1));
  expect([
    lineOf(),
    lineOf("spec", "type"),
    lineOf("spec", "metadata", 0, "value"),
    lineOf("spec", "metadata", 7),
  ]).toEqual([2, 7, 10, 8]);
  expect(lineOf("nothing", "here")).toBe(2);
});

const bomb = [
  "a: &a [x,x,x,x,x,x,x,x,x]",
  ..."bcdefgh".split("").map((name, index) => `${name}: &${name} [${`*${"abcdefg"[index]},`.repeat(9)}]`),
].join("\n");

it.each([
  ["a: 1\nb: [1, 2\n", /a\.yaml:\d+:\d+ is not valid YAML: /],
  ["kind: A\nkind: B\n", /a\.yaml:2:1 is not valid YAML: Map keys must be unique/],
  ["- a list\n", /a\.yaml:1 is no resource: a mapping with apiVersion, kind and metadata is expected/],
  ["apiVersion: v1\n", /a\.yaml:1 has no "kind". Dapr's kinds are Component/],
  ["kind: A\nscopes: orders\n", /a\.yaml:2: "scopes" must be a list of app ids/],
  ["kind: A\nx: *missing\n", /a\.yaml:(1 cannot be read|2:4 is not valid YAML): .*missing/],
  [`kind: A\n${bomb}\n`, /a\.yaml:1 cannot be read: Excessive alias count/],
  [`kind: A\nx: ${"y".repeat(1024 * 1024)}\n`, /a\.yaml is \d+ bytes large; resource files may have 1048576/],
  [`kind: A\nx: ${"[".repeat(300_000)}\n`, /a\.yaml:2 is nested deeper than 200 levels/],
  [`kind: A\nx:\n  ${"- ".repeat(300_000)}y\n`, /a\.yaml:3 is nested deeper than 200 levels/],
])("refuses what is wrong and says where", async (text, message) => {
  const folder = await temporaryFolder({ "a.yaml": text });
  await expect(readResourceDocuments([folder])).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringMatching(message) as unknown,
  });
});

it("takes long lines that are not deep", async () => {
  const entries = Array.from({ length: 1_000 }, (_, index) => ({ name: `k${String(index)}`, value: "a - b: c" }));
  const wide = { kind: "Component", metadata: { name: "wide" }, spec: { metadata: entries } };
  const folder = await temporaryFolder({ "a.json": JSON.stringify(wide) });
  expect((await readResourceDocuments([folder])).map(({ name }) => name)).toEqual(["wide"]);
});

it("keeps a key __proto__ a key", async () => {
  const folder = await temporaryFolder({ "a.yaml": `${component}spec:\n  __proto__: { admin: true }\n` });
  const [document] = await readResourceDocuments([folder]);
  const { spec } = document!.value as { spec: { admin?: boolean } };
  expect([Object.keys(spec), spec.admin, Object.getPrototypeOf(spec)]).toEqual([
    ["__proto__"],
    undefined,
    Object.prototype,
  ]);
});

it("names a path that is not there", async () => {
  await expect(readResourceDocuments(["no/such/folder"])).rejects.toThrow(
    'The resources path "no/such/folder" cannot be read. Point DAPR_RESOURCES_PATHS',
  );
});
