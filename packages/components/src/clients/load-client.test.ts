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

describe("the clients of backends", () => {
  it("are optional dependencies, and used by types that exist", () => {
    const { optionalDependencies } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
      readonly optionalDependencies: Readonly<Record<string, string>>;
    };
    expect(Object.keys(optionalDependencies)).toEqual(expect.arrayContaining(Object.keys(clientUsers)));
    expect(Object.keys(catalogue)).toEqual(expect.arrayContaining(Object.values(clientUsers).flat()));
  });

  it("are imported lazily or for their types only, and every one is in the table", () => {
    const lazy = sources.flatMap((source) => [...source.matchAll(/import\("([^."][^"]*)"\)/g)].map(([, name]) => name));
    expect([...new Set(lazy)].sort()).toEqual(Object.keys(clientUsers).sort());
    const eager = sources.flatMap((source) =>
      [...source.matchAll(/^import (?!type )[^;]*? from "([^."][^"]*)";/gm)].map(([, name = ""]) => name),
    );
    expect(eager.filter((name) => name !== "@mecha/spec" && !name.startsWith("node:"))).toEqual([]);
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
