import { existsSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { describeWith } from "./describe-engine.js";
import { isPortFree } from "./free-ports.js";
import { startRedis } from "./redis.js";
import { exchange } from "./tcp.js";
import { isAlive, temporaryFolder } from "./testing/process-and-folder.js";

async function ask(port: number, command: string): Promise<string> {
  const answer = await exchange(port, `${command}\r\n`, (received) => received.toString().endsWith("\r\n"));
  return answer.toString();
}

describeWith("redis", "redis", (on) => {
  test("the run's redis answers a ping", async () => {
    expect(await ask(on.redis.port, "PING")).toBe("+PONG\r\n");
  });

  test("starts on a free port, answers, and leaves no process, port or folder", async () => {
    const redis = await startRedis();
    expect(await ask(redis.port, "PING")).toBe("+PONG\r\n");
    expect(redis.pids.every(isAlive)).toBe(true);
    await redis.stop({ hard: false });
    expect(redis.pids.some(isAlive)).toBe(false);
    expect(await isPortFree(redis.port)).toBe(true);
    expect(existsSync(redis.dataFolder)).toBe(false);
  });

  test("forgets without persist, and after a kill serves what it was given with it, on the same port", async () => {
    using folder = temporaryFolder();
    const first = await startRedis({ dataFolder: folder.path, persist: true });
    expect(await ask(first.port, "SET stock 7")).toBe("+OK\r\n");
    await first.stop({ hard: true });
    await using second = await startRedis({ dataFolder: folder.path, persist: true, port: first.port });
    expect(await ask(second.port, "STRLEN stock")).toBe(":1\r\n");
    await using forgetful = await startRedis();
    expect(await ask(forgetful.port, "STRLEN stock")).toBe(":0\r\n");
  });

  test("refuses a taken port and leaves alone what listens there", async () => {
    const server = createServer((socket) => socket.resume().end("still here\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await expect(startRedis({ port })).rejects.toThrow(`port ${port} is taken`);
    expect(await ask(port, "PING")).toBe("still here\r\n");
    await new Promise((resolve) => server.close(resolve));
  });

  test("shows the end of the server's log when the start fails", async () => {
    using folder = temporaryFolder();
    const first = await startRedis({ dataFolder: folder.path });
    await first.stop();
    await expect(startRedis({ dataFolder: folder.path, timeoutMs: 0 })).rejects.toThrow(
      /redis-server on 127\.0\.0\.1:\d+ did not answer within 0 s\n--- end of .*redis\.log\n/u,
    );
  });
});
