import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { componentYaml } from "@mecha/conformance";
import { goCommand } from "@mecha/engines";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMecha, type RunningMecha } from "./mecha-run.js";
import { createRunFolder, type RunFolder } from "./run-folder.js";
import { buildMs, hasTools, runTool } from "./sdk-tools.js";

const runMs = 120_000;
const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";
const sources = join(import.meta.dirname, "redis-clients");
const wrongType = "error WRONGTYPE Operation against a key holding the wrong kind of value";

let folder: RunFolder;
let mecha: RunningMecha;
let port = "";
let scratch = "";

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "mecha-redis-clients-"));
  folder = await createRunFolder({ "cache.yaml": componentYaml("cache", "state.in-memory") });
  mecha = startMecha(["run", "-a", "orders", "--redis-port", "0"], { cwd: folder.path });
  port = /127\.0\.0\.1:(\d+)/u.exec(await mecha.said("Redis clients on 127.0.0.1:"))?.[1] ?? "";
}, runMs);

afterAll(async () => {
  await mecha.stop();
  await folder.remove();
  await rm(scratch, { recursive: true, force: true });
}, runMs);

/** Runs a program against the port, on an empty database; what it printed. */
async function linesOf([program = "", ...args]: readonly string[], protocol: number): Promise<readonly string[]> {
  const socket = connect(Number(port), "127.0.0.1");
  socket.write("FLUSHALL\r\n");
  await once(socket, "data");
  socket.destroy();
  const env = { ...process.env, PYTHONIOENCODING: "utf-8" };
  const { stdout } = await promisify(execFile)(program, [...args, port, String(protocol)], { env, timeout: runMs });
  return stdout.trim().split("\n");
}

describe.skipIf(!hasTools("python3"))("redis-py on the port for Redis clients (needs python3 with venv)", () => {
  let command: readonly string[] = [];

  beforeAll(async () => {
    await runTool("python3", ["-m", "venv", "venv"], scratch);
    const python = join(scratch, "venv/bin/python");
    await runTool(python, ["-m", "pip", "install", "-q", "--disable-pip-version-check", "redis==8.1.0"], scratch);
    command = [python, "-B", join(sources, "python/client.py")];
  }, buildMs);

  test.each([2, 3])(
    "is answered as by Redis, in RESP%i",
    async (protocol) => {
      expect(await linesOf(command, protocol)).toEqual([
        "text grüße True True",
        "sum 7 0.5",
        "hash [('a', '1'), ('b', '2')]",
        "scores [('half', 0.5), ('one', 1.0)]",
        "members 2 ['x', 'y']",
        "pipeline 100",
        "transaction [True, 2, 'ResponseError', '2']",
        "watched changed",
        "receivers 2",
        "heard hello hello",
        "popped py:list item",
        "script 42",
        "stream [('1-1', {'f': 'v'})]",
        wrongType,
        `protocol ${String(protocol)}`,
      ]);
    },
    runMs,
  );
});

describe.skipIf(!hasTools("go"))("go-redis on the port for Redis clients (needs go)", () => {
  let program = "";

  beforeAll(async () => {
    await cp(join(sources, "go"), join(scratch, "go"), { recursive: true });
    program = join(scratch, "go/client");
    const go = await goCommand(() => undefined);
    await runTool(go, ["build", "-o", program, "."], join(scratch, "go"));
  }, buildMs);

  test.each([2, 3])(
    "is answered as by Redis, in RESP%i",
    async (protocol) => {
      expect(await linesOf([program], protocol)).toEqual([
        "text grüße true true",
        "sum 7 0.5",
        "hash map[a:1 b:2]",
        "scores [{0.5 half} {1 one}]",
        "members 2 2",
        "pipeline 100",
        "transaction 2 true 2",
        "watched true changed",
        "receivers 1",
        "heard hello",
        "popped [go:list item]",
        "script 42",
        "stream 1-1 map[f:v]",
        wrongType,
      ]);
    },
    runMs,
  );
});

describe.skipIf(!hasTools("javac", "mvn"))("Jedis on the port for Redis clients (needs a JDK and Maven)", () => {
  let command: readonly string[] = [];

  beforeAll(async () => {
    const java = join(scratch, "java");
    await cp(join(sources, "java"), java, { recursive: true });
    await runTool("mvn", ["-B", "-ntp", copyDependencies, "-DoutputDirectory=lib", "-DincludeScope=runtime"], java);
    const files = (await readdir(join(java, "src"))).map((name) => join("src", name));
    await runTool("javac", ["-encoding", "UTF-8", "-cp", "lib/*", "-d", "classes", ...files], java);
    command = ["java", "-cp", `${join(java, "classes")}:${join(java, "lib/*")}`, "mecha.Client"];
  }, buildMs);

  test.each([2, 3])(
    "is answered as by Redis, in RESP%i",
    async (protocol) => {
      expect(await linesOf(command, protocol)).toEqual([
        "text true null true",
        "sum 7 0.5",
        "hash {a=1, b=2}",
        "scores [[half,0.5], [one,1.0]]",
        "members 2 2",
        "pipeline 100",
        "transaction 2 true 2",
        "watched null changed",
        "receivers 1",
        "heard hello",
        "popped [java:list, item]",
        "script 42",
        "stream [1-1 {f=v}]",
        wrongType,
      ]);
    },
    runMs,
  );
});
