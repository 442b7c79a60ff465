import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { forgetDeadDoors } from "./dead-doors.js";
import { doorTo } from "./door.js";

const address = { host: "tair.example", port: 6379 };

it("gives one door for one place, at once, in a folder that only its user may enter", () => {
  const path = doorTo({ address });
  expect(doorTo({ address: { ...address } })).toBe(path);
  expect(doorTo({ address, node: address })).not.toBe(path);
  expect(existsSync(path)).toBe(true);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
});

it("refuses every command where the settings are wrong, and says why", async () => {
  const before = process.env["DAPR_RESOURCES_PATHS"];
  process.env["DAPR_RESOURCES_PATHS"] = "no-such-folder";
  const client: Socket = connect(doorTo({ address }));
  client.write("PING\r\nPING\r\n");
  let heard = "";
  for await (const chunk of client) {
    heard += String(chunk);
    if (heard.split("\r\n").length > 2) break;
  }
  expect(heard.split("\r\n").slice(0, 2)).toEqual([
    expect.stringMatching(/^-ERR .*no-such-folder/u),
    expect.stringMatching(/^-ERR .*no-such-folder/u),
  ]);
  client.destroy();
  if (before === undefined) delete process.env["DAPR_RESOURCES_PATHS"];
  else process.env["DAPR_RESOURCES_PATHS"] = before;
});

it("clears away what killed processes left, and nobody else's", () => {
  const dead = join(tmpdir(), `mecha-redis-${String(2 ** 22 + 1)}-aaaaaa`);
  const alive = join(tmpdir(), `mecha-redis-${String(process.pid)}-aaaaaa`);
  for (const folder of [dead, alive]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "0.sock"), "");
  }
  forgetDeadDoors();
  expect([existsSync(dead), existsSync(alive)]).toEqual([false, true]);
  rmSync(alive, { recursive: true });
});
