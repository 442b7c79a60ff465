import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { readResourceDocuments } from "@mecha/sdk-core/resources";
import { expect, test } from "vitest";
import { resourceFolder } from "../../test/runtime-fixture.js";
import { overlookedResiliencies } from "./overlooked-resiliencies.js";

const resiliency = (name: string): string =>
  JSON.stringify({ apiVersion: "dapr.io/v1alpha1", kind: "Resiliency", metadata: { name }, spec: {} });

test("a Resiliency behind another document of its file is told, with file and line", async () => {
  const folder = await resourceFolder({
    "a.yaml": `# comment\n---\n${resiliency("first")}\n---\n${resiliency("second")}\n`,
    "b.yaml": `${componentYaml("store", "state.in-memory")}\n---\n${resiliency("third")}\n`,
    "c.yaml": resiliency("alone"),
  });
  const told = overlookedResiliencies(await readResourceDocuments([folder]));
  expect(told.map((warning) => /^(.*):\d+: Resiliency "(.*?)": daprd overlooks/u.exec(warning)?.slice(1))).toEqual([
    [join(folder, "a.yaml"), "second"],
    [join(folder, "b.yaml"), "third"],
  ]);
});
