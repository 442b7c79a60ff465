import { once } from "node:events";
import { existsSync } from "node:fs";
import { link, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { clearStaleSocket } from "./stale-socket.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-sockets-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("removes a socket that nobody serves any more, and leaves one that somebody does", async () => {
  const [served, stale] = [join(folder, "served.sock"), join(folder, "stale.sock")];
  const server = createServer().listen(served);
  await once(server, "listening");
  await expect(clearStaleSocket(served)).rejects.toThrow(/Another process serves .*served\.sock/u);
  expect(existsSync(served)).toBe(true);
  // Its own name goes with the server; the other stays, as after a kill.
  await link(served, stale);
  server.close();
  await once(server, "close");
  await clearStaleSocket(stale);
  expect(existsSync(stale)).toBe(false);
});
