import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { catalogue } from "../catalogue.js";
import { clientUsers, loadClient } from "./load-client.js";

const packageFolder = join(import.meta.dirname, "../..");
const sources = readdirSync(join(packageFolder, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => readFileSync(join(packageFolder, "src", file), "utf8"));

const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(packageFolder, "package.json"), "utf8"),
) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

describe("the clients of backends", () => {
  it("are optional dependencies", () => {
    expect(Object.keys(optionalDependencies)).toEqual(expect.arrayContaining(Object.keys(clientUsers)));
  });

  it("are all in the table if a source imports them", () => {
    const imported = sources.flatMap((source) =>
      [...source.matchAll(/(?:^import (?!type )[^;]*? from |import\()"([^."][^"]*)"/gm)].map(([, name = ""]) => name),
    );
    const packages = imported
      .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"))
      .filter((name) => !(name in dependencies) && !name.startsWith("node:"));
    expect(Object.keys(clientUsers)).toEqual(expect.arrayContaining(packages));
    expect(packages).toContain("libsql");
  });

  it("are not loaded with the components that use them, only when one is created", async () => {
    const require = createRequire(import.meta.url);
    const isLoaded = (name: string) => require.cache[require.resolve(name)] !== undefined;
    for (const load of Object.values(catalogue)) await load();
    expect(Object.keys(optionalDependencies).filter(isLoaded)).toEqual([]);
    const { component } = (await catalogue["state.sqlite"]?.()) ?? {};
    const store = await component?.create(testContext("state.sqlite", { connectionString: ":memory:" }));
    expect(Object.keys(optionalDependencies).filter(isLoaded)).toEqual(["libsql"]);
    await store?.close?.();
  });

  it("that are not installed give an error that names component and package", async () => {
    const missing = "a-package-that-is-not-installed";
    const load = () => import(missing);
    await expect(loadClient(testContext("state.sqlite", {}), "libsql", load)).rejects.toMatchObject({
      code: "CONFIGURATION_INVALID",
      component: "under-test",
      message: expect.stringMatching(
        /"under-test" \(state\.sqlite\) needs the package "libsql".*a-package-that/,
      ) as string,
    });
  });
});
