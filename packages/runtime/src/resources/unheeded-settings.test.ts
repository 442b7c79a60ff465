import { readResourceDocuments } from "@mecha/sdk-core/resources";
import { expect, test } from "vitest";
import { resourceFolder } from "../../test/runtime-fixture.js";
import { unheededSettings } from "./unheeded-settings.js";

test("what a Configuration says and nobody heeds is told with its line and why", async () => {
  const text = `
kind: Configuration
metadata: { name: c }
spec:
  tracing: { samplingRate: "1" }
  httpPipeline: { handlers: [{ name: limit, type: middleware.http.ratelimit }] }
  trcing: { samplingRate: "1" }
  constructor: {}
`;
  const documents = await readResourceDocuments([await resourceFolder({ "c.yaml": text })]);
  expect(documents.flatMap(unheededSettings).map((warning) => warning.replace(/^.*c\.yaml/u, "c.yaml"))).toEqual([
    `c.yaml:6: Configuration "c": "spec.httpPipeline" is not heeded: middleware of the HTTP API is daprd's, so none of it is in front of this one`,
    `c.yaml:7: Configuration "c": "spec.trcing" is not heeded: nobody reads it. Did you mean: tracing?`,
    `c.yaml:8: Configuration "c": "spec.constructor" is not heeded: nobody reads it`,
  ]);
});
