import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import type { RuntimeConnection } from "@mecha/sdk-core/protocol";
import { expect, it } from "vitest";
import { createRuntime } from "../src/runtime.js";
import { resourceFolder } from "./runtime-fixture.js";

const scopes = [
  { storeName: "vault", defaultAccess: "deny", allowedSecrets: ["open"] },
  { storeName: "other", deniedSecrets: ["shut"] },
];

/** A folder with two stores of the same secrets, and a Configuration that hides some. */
async function writeFolder() {
  const folder = await resourceFolder({
    "secrets.json": JSON.stringify({ open: "o", shut: "s" }),
    // JSON is YAML.
    "config.yaml": JSON.stringify({
      apiVersion: "dapr.io/v1alpha1",
      kind: "Configuration",
      metadata: { name: "scopes" },
      spec: { secrets: { scopes } },
    }),
  });
  const resources = join(folder, "resources");
  await mkdir(resources);
  const secretsFile = join(folder, "secrets.json");
  for (const name of ["vault", "other"]) {
    await writeFile(join(resources, `${name}.yaml`), componentYaml(name, "secretstores.local.file", { secretsFile }));
  }
  return { folder, resources, configFile: join(folder, "config.yaml") };
}

function mechaOver(transport: RuntimeConnection["transport"]): Mecha {
  return createMecha({ transport, mode: "sidecar", close: () => Promise.resolve() }, "orders");
}

/** What can be read, and how the rest is refused. */
async function readableBy(mecha: Mecha): Promise<readonly unknown[]> {
  const outcomes = ["vault", "other"].flatMap((store) => [
    mecha.secrets(store).get("open"),
    mecha.secrets(store).get("shut"),
    mecha.secrets(store).get("neither"),
    mecha
      .secrets(store)
      .getAll()
      .then((all) => [...all.keys()]),
  ]);
  const results = await Promise.allSettled(outcomes);
  return results.map((result) => {
    if (result.status === "fulfilled") return result.value;
    const { code, message } = result.reason as { readonly code: string; readonly message: string };
    // What the store says of a secret that is not there is its own.
    return code === "INTERNAL" ? code : `${code} ${message}`;
  });
}

const denied = (secret: string, store: string) =>
  `PERMISSION_DENIED access denied by policy to get "${secret}" from "${store}"`;

const expected = [
  { open: "o" },
  denied("shut", "vault"),
  denied("neither", "vault"),
  ["open"],
  { open: "o" },
  denied("shut", "other"),
  "INTERNAL",
  ["open"],
];

it("the embedded runtime keeps from the app what its Configuration hides", async () => {
  const { folder, resources, configFile } = await writeFolder();
  await using runtime = await createRuntime({
    appId: "orders",
    resourcesPaths: [resources],
    baseFolder: folder,
    configFile,
  });
  expect(await readableBy(mechaOver(runtime.transport))).toEqual(expected);
});

describeWith("daprd", "daprd", () => {
  it("keeps the same from the app", async () => {
    const { resources, configFile } = await writeFolder();
    await using daprd = await startDaprd({ appId: "orders", resourcesFolders: [resources], configFile });
    const transport = createGrpcTransport({ address: daprd.grpcAddress });
    expect(await readableBy(mechaOver(transport))).toEqual(expected);
    await transport.close();
  });
});

it.each([
  ["a list that is none", { secrets: { scopes: "all" } }, "a list of scopes is required"],
  ["a scope without a store", { secrets: { scopes: [{}] } }, "storeName"],
  ["an access that is none", { secrets: { scopes: [{ storeName: "a", defaultAccess: "maybe" }] } }, "defaultAccess"],
])("a Configuration with %s is refused with file and line", async (_, spec, problem) => {
  const folder = await resourceFolder({
    "config.yaml": JSON.stringify({
      apiVersion: "dapr.io/v1alpha1",
      kind: "Configuration",
      metadata: { name: "c" },
      spec,
    }),
    "none.yaml": componentYaml("a", "state.in-memory"),
  });
  const create = (file: string) =>
    createRuntime({ appId: "orders", resourcesPaths: [], baseFolder: folder, configFile: join(folder, file) });
  const failure = { code: "CONFIGURATION_INVALID", message: expect.stringContaining(problem) as string };
  await expect(create("config.yaml")).rejects.toMatchObject(failure);
  await expect(create("config.yaml")).rejects.toThrow("config.yaml:1");
  await expect(create("none.yaml")).rejects.toThrow("no document of kind Configuration");
  await expect(create("absent.yaml")).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
});
