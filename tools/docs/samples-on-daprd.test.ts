import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DaprdEngine, startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fencesOf, outputAfter, readPages } from "./markdown.js";
import { createSampleFolder, type SampleFolder } from "./sample-folder.js";

const pages = readPages()
  .map((page) => ({ page, name: page.name, fences: fencesOf(page) }))
  .filter(({ fences }) => fences.some(({ mark }) => mark === "run-on-daprd"));

/** Resources of a sidecar, under the names that the samples use. */
function writeResources(folder: string): string {
  const path = join(folder, "daprd");
  mkdirSync(path);
  const metadata = [
    { name: "connectionString", value: join(folder, "state.db") },
    { name: "actorStateStore", value: "true" },
  ];
  const resource = {
    ...{ apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name: "store" } },
    spec: { type: "state.sqlite", version: "v1", metadata },
  };
  writeFileSync(join(path, "store.yaml"), JSON.stringify(resource));
  return path;
}

describeWith(["daprd", "placement", "scheduler"], "the programs that need daprd", (on) => {
  describe.each(pages)("of $name", ({ page, fences }) => {
    let folder: SampleFolder | undefined;
    let sidecar: DaprdEngine | undefined;
    beforeAll(async () => {
      folder = createSampleFolder(page);
      const { placement, scheduler } = on;
      const resourcesFolders = [writeResources(folder.path)];
      sidecar = await startDaprd({ appId: "sample", resourcesFolders, placement, scheduler });
    });
    afterAll(async () => {
      await sidecar?.stop({ hard: true });
      folder?.remove();
    });

    const samples = fences.filter(({ mark }) => mark === "run-on-daprd");
    test.each(samples)("line $line runs and prints what the page says", { timeout: 60_000 }, async (sample) => {
      const environment = { DAPR_GRPC_PORT: String(sidecar?.grpcPort), APP_ID: "sample" };
      const printed = await folder?.run(sample.code, sample.language, environment);
      expect(printed?.trim()).toBe(outputAfter(sample, fences) ?? "");
    });
  });
});
