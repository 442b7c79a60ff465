import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createLazySession } from "./lazy-session.js";

const store = JSON.stringify({
  apiVersion: "dapr.io/v1alpha1",
  kind: "Component",
  metadata: { name: "store" },
  spec: { type: "state.in-memory", version: "v1" },
});
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-session-"));
  await writeFile(join(folder, "store.json"), store);
  vi.stubEnv("DAPR_RESOURCES_PATHS", folder);
  vi.stubEnv("APP_ID", "session");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

it("opens once, for whoever asks first, and knows what is loaded", async () => {
  const session = createLazySession();
  const [one, two] = await Promise.all([session.get(), session.get()]);
  expect(one).toBe(two);
  expect(session.opened).toBe(one);
  expect(one.routing.components).toMatchObject([{ name: "store", type: "state.in-memory" }]);
  await session.close();
  await expect(one.mecha.metadata()).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});

it("opens again after a failure", async () => {
  await writeFile(join(folder, "broken.yaml"), "kind: [");
  const session = createLazySession();
  await expect(session.get()).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  await rm(join(folder, "broken.yaml"));
  await session.get();
  await session.close();
});

it("stays closed, also for whom close() overtook", async () => {
  const session = createLazySession();
  const overtaken = session.get();
  await Promise.all([
    session.close(),
    session.close(),
    expect(overtaken).rejects.toMatchObject({ code: "FAILED_PRECONDITION" }),
  ]);
  expect(session.opened).toBeUndefined();
  await expect(session.get()).rejects.toThrow("This client is closed; make a new one");
});
