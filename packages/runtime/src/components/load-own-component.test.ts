import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect, createMecha, type Mecha } from "@mecha/sdk-core";
import type { ComponentDefinition } from "@mecha/spec";
import { expect, test } from "vitest";
import { resourceFolder } from "../../test/runtime-fixture.js";
import { createRuntime } from "../runtime.js";

const greeting = (own: string, type = "bindings.greeting") =>
  JSON.stringify({
    kind: "Component",
    metadata: { name: "greeting" },
    spec: { type, version: "v1", metadata: [{ name: "mecha.module", value: own }] },
  });

const source = (exported: string, words: string) => `${exported}{
  type: "bindings.greeting",
  create: async () => ({ backend: "words", operations: ["greet"], invoke: async () => ({ data: Buffer.from("${words}") }) }),
}`;

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await resourceFolder({});
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

async function open(folder: string): Promise<Mecha> {
  const runtime = await createRuntime({
    appId: "greeter",
    resourcesPaths: [join(folder, "components")],
    baseFolder: folder,
  });
  return createMecha({ transport: runtime.transport, mode: "embedded", close: () => runtime.close() }, "greeter");
}

async function greet(folder: string): Promise<string> {
  await using mecha = await open(folder);
  return (await mecha.binding("greeting").invoke("greet")).text();
}

const onlyImport = JSON.stringify({
  name: "@acme/greeting",
  type: "module",
  exports: { "./binding": { import: "./binding.js" } },
});

test.each<[string, string, Readonly<Record<string, string>>]>([
  [
    "an ES module beside the YAML",
    "./greeting.mjs",
    { "components/greeting.mjs": source("export const component = ", "hello") },
  ],
  [
    "a CommonJS module above it",
    "../greeting.cjs",
    {
      "greeting.cjs":
        source("const found = ", "hello") + ";\nmodule.exports = Object.assign({}, { component: found });",
    },
  ],
  [
    "a package of the project that has only an entry for import",
    "@acme/greeting/binding",
    {
      "node_modules/@acme/greeting/package.json": onlyImport,
      "node_modules/@acme/greeting/binding.js": source("export const component = ", "hello"),
    },
  ],
  [
    "a package that lies with the YAML alone",
    "greeting",
    {
      "components/node_modules/greeting/package.json": '{ "main": "index.js" }',
      "components/node_modules/greeting/index.js": source("exports.component = ", "hello"),
    },
  ],
])("a component is %s", async (_, own, files) => {
  expect(await greet(await folderWith({ "components/greeting.yaml": greeting(own), ...files }))).toBe("hello");
});

test.each<[string, string, string, RegExp]>([
  [
    "./missing.mjs",
    "",
    "bindings.greeting",
    /greeting\.yaml:1: Component "greeting": the module "\.\/missing\.mjs" is not found: ENOENT/,
  ],
  ["@acme/missing", "", "bindings.greeting", /the module "@acme\/missing" is not found: Cannot find package/],
  ["./own.mjs", "export const other = 1", "bindings.greeting", /has no export "component"/],
  ["./own.mjs", 'throw new Error("at once")', "bindings.greeting", /cannot be loaded: at once/],
  [
    "./own.mjs",
    source("export const component = ", "hello"),
    "bindings.other",
    /implements bindings\.greeting, not bindings\.other/,
  ],
  ["", "", "bindings.greeting", /"mecha\.module" needs a value/],
])("a module that is wrong is refused with the line that names it: %s", async (own, text, type, message) => {
  const folder = await folderWith({ "components/greeting.yaml": greeting(own, type), "components/own.mjs": text });
  await expect(open(folder)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringMatching(message) as unknown,
  });
});

test("an app registers its own component in code, and a library that connects later shares it", async () => {
  const component: ComponentDefinition<"bindings"> = {
    type: "bindings.greeting",
    create: () =>
      Promise.resolve({
        backend: "words",
        operations: ["greet"],
        invoke: () => Promise.resolve({ data: Buffer.from("hello") }),
      }),
  };
  const yaml = JSON.stringify({ kind: "Component", metadata: { name: "greeting" }, spec: { type: component.type } });
  const place = { mode: "embedded", appId: "own", resourcesPaths: [await folderWith({ "a.yaml": yaml })] } as const;
  await expect(connect(place)).rejects.toThrow('the component type "bindings.greeting" is unknown');
  await using mecha = await connect({ ...place, components: [component] });
  await using other = await connect(place);
  expect((await other.binding("greeting").invoke("greet")).text()).toBe("hello");
  expect((await mecha.metadata()).components).toMatchObject([{ type: "bindings.greeting", backend: "words" }]);
});
