import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { describeWith } from "./describe-engine.js";
import { EngineProcess } from "./engine-process.js";
import { accepts } from "./tcp.js";
import { temporaryFolder } from "./testing/process-and-folder.js";

const script = join(import.meta.dirname, "../fixtures/start-redis.ts");

interface Started {
  readonly port: number;
  readonly dataFolder: string;
}

async function startInAnotherProcess(): Promise<{ readonly parent: ChildProcess; readonly started: Started }> {
  const parent = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(parent.stdout), "line")) as [string];
  return { parent, started: JSON.parse(line) as Started };
}

test("a command that cannot be run is an error that names it", async () => {
  using folder = temporaryFolder();
  const logFile = join(folder.path, "log");
  const absent = EngineProcess.start({ title: "no such server", command: "mecha-no-such-server", args: [], logFile });
  await expect(absent.untilReady(() => Promise.resolve(false), 5_000)).rejects.toThrow(/no such server .*ENOENT/u);
  await absent.stop(true);
});

test("a server that ends before it answers is an error with the end of its log", async () => {
  using folder = temporaryFolder();
  const args = ["-e", "console.log('no disk left'); process.exit(3)"];
  const logFile = join(folder.path, "log");
  const server = EngineProcess.start({ title: "a server", command: process.execPath, args, logFile });
  await expect(server.untilReady(() => Promise.resolve(false), 10_000)).rejects.toThrow(
    /a server ended before it answered\n--- end of .*log\nno disk left/u,
  );
});

describeWith("redis", "a server and the process that started it", () => {
  test.each(["SIGTERM", "SIGKILL"] as const)("the server dies when that process gets %s", async (signal) => {
    const { parent, started } = await startInAnotherProcess();
    const client = connect(started.port, "127.0.0.1");
    await once(client, "connect");
    const gone = new Promise((resolve) => client.resume().once("error", resolve).once("close", resolve));
    parent.kill(signal);
    await gone;
    // The kernel takes the connection first and the listening socket a moment later.
    while (await accepts(started.port)) await delay(5);
    rmSync(started.dataFolder, { recursive: true, force: true });
  });
});
