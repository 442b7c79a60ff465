import { inspect } from "node:util";
import { componentYaml } from "@mecha/conformance";
import { MechaError, type Component, type ComponentDefinition } from "@mecha/spec";
import { afterEach, expect, test, vi } from "vitest";
import { resourceFolder, testRuntime } from "../../test/runtime-fixture.js";
import { createRuntime } from "../runtime.js";

afterEach(() => vi.unstubAllEnvs());

/** A catalogue of one state store type that records what is made of it. */
function recording(create: (name: string) => Promise<Component>) {
  const created: { readonly name: string; readonly metadata: Readonly<Record<string, string>> }[] = [];
  const component: ComponentDefinition = {
    type: "state.recorded",
    async create({ name, metadata }) {
      created.push({ name, metadata });
      // Only what the test looks at is there.
      return { ...(await create(name)), features: [] } as never;
    },
  };
  return { created, catalogue: { "state.recorded": () => Promise.resolve({ component }) } };
}

async function failureOf(files: Readonly<Record<string, string>>, options = {}): Promise<MechaError> {
  const folder = await resourceFolder(files);
  const outcome: unknown = await createRuntime({
    appId: "shop",
    resourcesPaths: [folder],
    baseFolder: folder,
    ...options,
  }).catch((error: unknown) => error);
  if (MechaError.is(outcome)) return outcome;
  throw new Error("the runtime should not have started");
}

const withSecret = `kind: Component
metadata: { name: orders }
spec:
  type: state.recorded
  version: v1
  metadata:
    - { name: password, secretKeyRef: { name: redis, key: password } }
    - { name: user, envRef: SHOP_USER }
    - { name: prefix, value: "{appID}-x" }
auth: { secretStore: vault }
`;

test("a secret that a component quotes is not told, nor what every object has taken for one", async () => {
  vi.stubEnv("SHOP_USER", "till");
  const { catalogue: real } = await import("@mecha/components");
  const { catalogue } = recording(() =>
    Promise.reject(
      new MechaError("CONFIGURATION_INVALID", 'metadata key "password" is "sesame-42"', {
        metadata: { key: "password" },
        cause: Object.assign(new Error("refused"), { command: ["AUTH", "sesame-42"] }),
      }),
    ),
  );
  const files = (secrets: unknown, yaml = withSecret) => ({
    "orders.yaml": yaml,
    "vault.yaml": componentYaml("vault", "secretstores.local.file", {
      secretsFile: "secrets.json",
      multiValued: "true",
    }),
    "secrets.json": JSON.stringify(secrets),
  });
  const folder = await resourceFolder(files({ redis: { password: "sesame-42" } }));
  const open = (paths: readonly string[], baseFolder: string) =>
    createRuntime({
      appId: "shop",
      resourcesPaths: paths,
      baseFolder,
      catalogue: { ...real, ...catalogue },
    }).catch((error: unknown) => error);

  const failure = await open([`${folder}/orders.yaml`, `${folder}/vault.yaml`], folder);
  expect(failure).toMatchObject({
    code: "CONFIGURATION_INVALID",
    message: expect.stringMatching(/orders\.yaml:7: .*"password" is "\*\*\*"/) as string,
  });
  expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain("sesame-42");

  const inherited = await resourceFolder(
    files({ redis: {} }, withSecret.replace("key: password }", "key: constructor }")),
  );
  expect(await open([`${inherited}/orders.yaml`, `${inherited}/vault.yaml`], inherited)).toMatchObject({
    message: expect.stringContaining('no key "constructor"') as string,
  });
});

test("secrets, environment variables and placeholders are looked up before a component starts", async () => {
  vi.stubEnv("SHOP_USER", "till");
  const { created, catalogue } = recording(async () => ({ backend: "memory" }));
  const { catalogue: real } = await import("@mecha/components");
  const folder = await resourceFolder({
    "orders.yaml": withSecret,
    "vault.yaml": componentYaml("vault", "secretstores.local.file", {
      secretsFile: "secrets.json",
      multiValued: "true",
    }),
  });
  const { writeFile } = await import("node:fs/promises");
  await writeFile(`${folder}/secrets.json`, JSON.stringify({ redis: { password: "sesame" } }));

  const runtime = await createRuntime({
    appId: "shop",
    resourcesPaths: [`${folder}/orders.yaml`, `${folder}/vault.yaml`],
    baseFolder: folder,
    catalogue: { ...real, ...catalogue },
  });
  await runtime.close();

  expect(created).toEqual([{ name: "orders", metadata: { password: "sesame", user: "till", prefix: "shop-x" } }]);
});

test("a reference to a secret store that is not there names the line and what there is", async () => {
  vi.stubEnv("SHOP_USER", "till");
  const { catalogue } = recording(async () => ({ backend: "memory" }));
  const failure = await failureOf({ "orders.yaml": withSecret }, { catalogue });
  expect(failure.message).toMatch(
    /orders\.yaml:10: Component "orders": there is no secret store "vault".*secretstores/,
  );
});

test("an environment variable that is not set, or is the runtime's own, is refused", async () => {
  const { catalogue } = recording(async () => ({ backend: "memory" }));
  const yaml = (variable: string) =>
    withSecret.replace("SHOP_USER", variable).replace(/ {4}- \{ name: password.*\n/, "");
  expect((await failureOf({ "a.yaml": yaml("NOT_SET_ANYWHERE") }, { catalogue })).message).toContain(
    '"NOT_SET_ANYWHERE", which is not set',
  );
  expect((await failureOf({ "a.yaml": yaml("DAPR_API_TOKEN") }, { catalogue })).message).toContain("are refused");
});

test("a component that fails to start fails the open with its place, and what had started is closed", async () => {
  const closed: string[] = [];
  const { catalogue } = recording(async (name) => {
    if (name === "down") throw new MechaError("UNAVAILABLE", "redis://127.0.0.1:1 does not answer");
    return { backend: "memory", close: async () => void closed.push(name) };
  });

  const failure = await failureOf(
    { "down.yaml": componentYaml("down", "state.recorded"), "up.yaml": componentYaml("up", "state.recorded") },
    { catalogue },
  );

  expect(failure).toMatchObject({ code: "UNAVAILABLE", component: "down" });
  expect(failure.message).toMatch(
    /down\.yaml:5: Component "down" \(state\.recorded\) could not start: redis:\/\/127\.0\.0\.1:1 does not answer/,
  );
  expect(closed).toEqual(["up"]);
});

test("a component whose metadata is wrong is refused with the line of the key", async () => {
  const failure = await failureOf({
    "s.yaml": componentYaml("settings", "configuration.file", { other: "x", path: "" }),
  });
  expect(failure.message).toMatch(
    /s\.yaml:9: Component "settings" \(configuration\.file\) could not start: .*"path" is missing/,
  );
});

test("ignoreErrors leaves a component out instead", async () => {
  vi.stubEnv("MECHA_LOG_LEVEL", "error");
  const { catalogue } = recording(async (name) => {
    if (name === "down") throw new Error("no");
    return { backend: "memory" };
  });
  const down = componentYaml("down", "state.recorded").replace("version: v1", "version: v1\n  ignoreErrors: true");

  const runtime = await testRuntime(
    { "down.yaml": down, "up.yaml": componentYaml("up", "state.recorded") },
    { catalogue },
  );

  const { daprMethods } = await import("@mecha/sdk-core/protocol");
  const { registeredComponents } = await runtime.transport.unary(daprMethods.getMetadata, {});
  expect(registeredComponents.map(({ name }) => name)).toEqual(["up"]);
});

test("a component that takes longer than its initTimeout fails, and is closed when it comes after all", async () => {
  let finish = (): void => undefined;
  let markClosed = (): void => undefined;
  const closed = new Promise<void>((resolve) => (markClosed = resolve));
  const { catalogue } = recording(async () => {
    await new Promise<void>((resolve) => (finish = resolve));
    return { backend: "memory", close: async () => markClosed() };
  });
  const slow = componentYaml("slow", "state.recorded").replace("version: v1", "version: v1\n  initTimeout: 20ms");

  expect(await failureOf({ "slow.yaml": slow }, { catalogue })).toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: expect.stringContaining("initTimeout"),
  });

  finish();
  await closed;
});

test("an unknown type is refused with the names that are like it", async () => {
  expect((await failureOf({ "a.yaml": componentYaml("a", "state.rediss") })).message).toMatch(
    /a\.yaml:5: .*"state\.rediss" is unknown\. Did you mean: state\.redis/,
  );
  expect((await failureOf({ "a.yaml": componentYaml("a", "state.mongodb-atlas-cluster") })).message).toMatch(
    /There are: state\.in-memory, state\.redis/,
  );
  expect((await failureOf({ "a.yaml": componentYaml("a", "crypto.jwks") })).message).toContain("There are:");
});

test("an unknown version is refused with those that there are", async () => {
  const yaml = componentYaml("a", "state.in-memory").replace("version: v1", "version: v7");
  expect((await failureOf({ "a.yaml": yaml })).message).toMatch(/a\.yaml:6: .*has no version "v7"\. Write v1/);
});

test("a component that forgets everything is refused in production, unless its YAML allows it", async () => {
  vi.stubEnv("NODE_ENV", "production");
  expect((await failureOf({ "a.yaml": componentYaml("a", "state.in-memory") })).message).toMatch(
    /refused with NODE_ENV=production.*mecha\.allowVolatile/,
  );
  await testRuntime({ "a.yaml": componentYaml("a", "state.in-memory", { "mecha.allowVolatile": "true" }) });
});

test("secret stores that need each other are refused with the circle", async () => {
  const store = (name: string, other: string) => `kind: Component
metadata: { name: ${name} }
spec:
  type: secretstores.local.env
  version: v1
  metadata:
    - { name: prefix, secretKeyRef: { name: x } }
auth: { secretStore: ${other} }
`;
  const failure = await failureOf({ "a.yaml": store("a", "b"), "b.yaml": store("b", "a") });
  expect(failure.message).toMatch(/in a circle: a → b → a/);
});

test("a component that throws at once is named with file and line as well", async () => {
  const yaml = "kind: Component\nmetadata: { name: orders }\nspec:\n  type: state.sqlite\n  version: v1\n";
  const folder = await resourceFolder({ "orders.yaml": yaml });
  const opened = createRuntime({ appId: "shop", resourcesPaths: [folder], baseFolder: folder });
  await expect(opened).rejects.toThrow(
    /orders\.yaml:4: Component "orders" \(state\.sqlite\) could not start: .*missing/u,
  );
});
