import { componentYaml } from "@mecha/conformance";
import { readResourceDocuments } from "@mecha/sdk-core/resources";
import { expect, test } from "vitest";
import { resourceFolder } from "../../test/runtime-fixture.js";
import { unknownFields } from "./unknown-fields.js";

async function warningsOf(text: string): Promise<readonly string[]> {
  const documents = await readResourceDocuments([await resourceFolder({ "a.yaml": text })]);
  return documents.flatMap(unknownFields);
}

test.each<[string, RegExp]>([
  [
    "kind: Component\nmetadata: { name: a }\nspec:\n  type: state.redis\n  metdata:\n    - name: x\n",
    /a\.yaml:5: Component "a": nobody reads "spec\.metdata"\. Did you mean: metadata\?/,
  ],
  [
    "kind: Component\nmetadata: { name: a }\nspec:\n  type: state.redis\n  metadata:\n    - { name: x, secretkeyref: y }\n",
    /a\.yaml:6: .*"spec\.metadata\.0\.secretkeyref"\. Did you mean: secretKeyRef\?/,
  ],
  [
    "kind: Subscription\nmetadata: { name: s }\nspec: { pubsubName: events, topic: t }\nscope: [a]\n",
    /a\.yaml:4: Subscription "s": nobody reads "scope"\. Did you mean: scopes/,
  ],
  ["kind: Resiliency\nmetadata: { name: r }\nspec: { rules: {} }\n", /nobody reads "spec\.rules"/],
  ["kind: HTTPEndpoint\nmetadata: { name: h }\nspec: { baseurl: x }\n", /Did you mean: baseUrl\?/],
  [
    "apiVersion: dapr.io/v1alpha1\nkind: Compnent\nmetadata: { name: a }\n",
    /a\.yaml:2: nobody reads a resource of kind "Compnent"\. Did you mean: Component\?/,
  ],
  ["kind: List\nitems: []\n", /a\.yaml:1: a List is not read, as by daprd/],
])("a field that nobody reads is named with its line and what was meant: %j", async (text, message) => {
  expect((await warningsOf(text))[0]).toMatch(message);
});

test("what Dapr's resources have, and kinds that are not known, are no reason for a warning", async () => {
  const other = "kind: Adapters\nmetadata: { name: a }\nanything: 1\n";
  expect(
    await warningsOf(`${componentYaml("a", "state.redis", { redisHost: "x" })}scopes: [a]\n---\n${other}`),
  ).toEqual([]);
});
