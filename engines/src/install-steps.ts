import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runCommand } from "../../tools/run-command.js";
import { pinnedBuild } from "./daprd-binary.js";
import { daprdStep } from "./daprd-step.js";
import {
  checksumFile,
  checksumListDigest,
  type JavaEngineName,
  jarsFolder,
  shimFile,
  shimSource,
  sourceFolder,
  verifiedMark,
} from "./installed.js";
import { verifyJars } from "./jar-checksums.js";
import type { InstallStep } from "./install-step.js";
import { hasCommand, hasVerifiedJars } from "./missing.js";
import { systemStep } from "./system-packages.js";

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";
const progressEveryMs = 2_000;

/** What builds the apps on Dapr's other SDKs that the long tests run, and the servers. */
const builders = ["javac", "mvn", "go", "python3"];

function requireCommand(command: string): void {
  if (!hasCommand(command)) throw new Error(`${command} is not on the PATH`);
}

/** Runs work that fills a folder; reports every now and then how many jars are in it. Maven copies when it has them all. */
async function countingJars<T>(folder: string, report: (progress: string) => void, work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    void readdir(folder).then(
      ({ length }) => report(length === 0 ? "Maven resolves and downloads" : `${length} jars copied`),
      () => report("the folder is being moved"),
    );
  }, progressEveryMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

function jarsStep(engine: JavaEngineName, title: string, detail: string): InstallStep {
  return {
    title,
    detail,
    async run(report) {
      requireCommand("mvn");
      const folder = jarsFolder(engine);
      const fresh = `${folder}.new`;
      await rm(fresh, { recursive: true, force: true });
      await mkdir(fresh, { recursive: true });
      const pom = join(sourceFolder(engine), "pom.xml");
      const goal = [copyDependencies, `-DoutputDirectory=${fresh}`, "-DincludeScope=runtime"];
      await countingJars(fresh, report, runCommand("mvn", ["-B", "-ntp", "-f", pom, ...goal]));
      report("verifying");
      await verifyJars(fresh, checksumFile(engine));
      await rm(folder, { recursive: true, force: true });
      await rename(fresh, folder);
      await writeFile(verifiedMark(engine), checksumListDigest(engine));
    },
  };
}

function shimStep(): InstallStep {
  return {
    title: "The loopback shim",
    detail: "engines/shim.c, compiled",
    async run() {
      requireCommand("cc");
      await mkdir(dirname(shimFile), { recursive: true });
      const fresh = `${shimFile}.new`;
      await runCommand("cc", ["-shared", "-fPIC", "-O2", "-o", fresh, shimSource, "-ldl"]);
      // In one step, because a server that runs has the old one mapped.
      await rename(fresh, shimFile);
    },
  };
}

/** What this machine lacks for the engines, in the order in which it is got. */
export function pendingSteps(): readonly InstallStep[] {
  const needsJava = process.platform === "linux";
  const shim = needsJava && !existsSync(shimFile);
  const rocketmq = needsJava && !hasVerifiedJars("rocketmq");
  const nacos = needsJava && !hasVerifiedJars("nacos");
  const commands = ["redis-server", ...(needsJava ? ["java"] : []), ...(shim ? ["cc"] : []), ...builders];
  const daprd = !existsSync(pinnedBuild.binary);
  const lacking = commands.filter((command) => !hasCommand(command));
  return [
    ...(lacking.length > 0 ? [systemStep(lacking)] : []),
    ...(daprd ? [daprdStep(pinnedBuild)] : []),
    ...(shim ? [shimStep()] : []),
    ...(rocketmq ? [jarsStep("rocketmq", "RocketMQ 5.5.0", "jars from Maven, 102 MB")] : []),
    ...(nacos ? [jarsStep("nacos", "Nacos 2.3.2", "jars from Maven, 149 MB")] : []),
  ];
}
