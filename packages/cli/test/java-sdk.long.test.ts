import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actorLines, runSdkApp, sdkAppLines, sdkAppMs } from "./sdk-app.js";
import { buildMs, hasTools, runTool } from "./sdk-tools.js";

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";

describe.skipIf(!hasTools("javac", "mvn"))("an app on the official Java SDK (needs a JDK and Maven)", () => {
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mecha-java-sdk-"));
    await cp(join(import.meta.dirname, "java"), folder, { recursive: true });
    await runTool("mvn", ["-B", "-ntp", copyDependencies, "-DoutputDirectory=lib", "-DincludeScope=runtime"], folder);
    const sources = (await readdir(join(folder, "src"))).map((name) => join("src", name));
    await runTool("javac", ["-parameters", "-cp", "lib/*", "-d", "classes", ...sources], folder);
  }, buildMs);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test(
    "uses every block and is called over HTTP, by Spring Boot",
    async () => {
      const classpath = `${join(folder, "classes")}:${join(folder, "lib/*")}`;
      const lines = await runSdkApp(["java", "-cp", classpath, "mecha.App"], { appProtocol: "http" });
      expect(lines).toEqual(
        expect.arrayContaining([...sdkAppLines, ...actorLines, "streamed {n=4}", "unsubscribed true"]),
      );
    },
    sdkAppMs,
  );
});
