import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pinnedBuild } from "./daprd-binary.js";
import type { EngineName } from "./engine.js";
import { checksumListDigest, type JavaEngineName, shimFile, verifiedMark } from "./installed.js";

/** What a machine lacks for an engine. */
export interface MissingEngine {
  readonly engine: EngineName;
  /** What is not there, as the end of a sentence that starts with the engine's name and "needs". */
  readonly what: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Whether a command is on the PATH. */
export function hasCommand(command: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      const file = join(folder, command);
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/** Whether the jars of an engine are there and were verified against the list as it is now. */
export function hasVerifiedJars(engine: JavaEngineName): boolean {
  const mark = verifiedMark(engine);
  return existsSync(mark) && readFileSync(mark, "utf8") === checksumListDigest(engine);
}

const installRemedy = "npm run engines:install";

function missingForJava(engine: JavaEngineName): Omit<MissingEngine, "engine"> | undefined {
  if (process.platform !== "linux") {
    return { what: "Linux, for servers that stay on the loopback interface", remedy: `docker compose up -d ${engine}` };
  }
  if (!hasCommand("java")) return { what: "Java 17 or later", remedy: installRemedy };
  if (!hasVerifiedJars(engine)) return { what: "its jars", remedy: installRemedy };
  if (!existsSync(shimFile)) return { what: "the compiled loopback shim", remedy: installRemedy };
  return undefined;
}

function missingForRedis(): Omit<MissingEngine, "engine"> | undefined {
  return hasCommand("redis-server") ? undefined : { what: "redis-server", remedy: installRemedy };
}

function missingForDapr(): Omit<MissingEngine, "engine"> | undefined {
  return existsSync(pinnedBuild.binary) ? undefined : { what: "its built binary", remedy: installRemedy };
}

const missingFor: Readonly<Record<EngineName, () => Omit<MissingEngine, "engine"> | undefined>> = {
  redis: missingForRedis,
  rocketmq: () => missingForJava("rocketmq"),
  nacos: () => missingForJava("nacos"),
  daprd: missingForDapr,
  placement: missingForDapr,
  scheduler: missingForDapr,
};

/** Tells what this machine lacks for an engine, or undefined when it can be started. Looks at files only. */
export function missing(engine: EngineName): MissingEngine | undefined {
  const found = missingFor[engine]();
  return found && { engine, ...found };
}

/** Refuses a start that cannot work, with what to do about it. */
export function requireInstalled(engine: EngineName): void {
  const found = missing(engine);
  if (found) throw new Error(`${engine} needs ${found.what}: ${found.remedy}`);
}
