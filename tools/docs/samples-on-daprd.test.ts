import { generateKeyPairSync, randomBytes } from "node:crypto";
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
function writeResources(folder: string, redisHost: string): string {
  const path = join(folder, "daprd");
  mkdirSync(path);
  const write = (name: string, type: string, entries: Readonly<Record<string, string>> = {}): void => {
    const metadata = Object.entries(entries).map(([key, value]) => ({ name: key, value }));
    const resource = {
      ...{ apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name } },
      spec: { type, version: "v1", metadata },
    };
    writeFileSync(join(path, `${name}.yaml`), JSON.stringify(resource));
  };
  write("store", "state.sqlite", { connectionString: join(folder, "state.db"), actorStateStore: "true" });
  write("locks", "lock.redis", { redisHost });
  write("keys", "crypto.dapr.jwks", { jwks: JSON.stringify({ keys: sampleKeys() }) });
  write("talk", "conversation.echo");
  return path;
}

/** A key to encrypt documents with, and one to sign with. */
function sampleKeys(): readonly object[] {
  const signing = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  return [
    { kid: "documents", kty: "oct", k: randomBytes(32).toString("base64url") },
    { ...signing, kid: "signing" },
  ];
}

describeWith(["daprd", "redis", "placement", "scheduler"], "the programs that need daprd", (on) => {
  describe.each(pages)("of $name", ({ page, fences }) => {
    let folder: SampleFolder | undefined;
    let sidecar: DaprdEngine | undefined;
    beforeAll(async () => {
      folder = createSampleFolder(page);
      const { placement, scheduler, redis } = on;
      const resourcesFolders = [writeResources(folder.path, redis.address)];
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
