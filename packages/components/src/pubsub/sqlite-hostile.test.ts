import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "@mecha/conformance";
import { MechaError, type MessageHandler, type PubSub } from "@mecha/spec";
import Database from "libsql";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { testContext } from "../../test/test-context.js";
import { openWakeFile } from "./sqlite/wake-file.js";
import { component } from "./sqlite.js";

let baseFolder: string;
let opened: PubSub[];

beforeEach(() => {
  baseFolder = mkdtempSync(join(tmpdir(), "mecha-pubsub-hostile-"));
  opened = [];
});
afterEach(async () => {
  vi.useRealTimers();
  for (const pubsub of opened) await pubsub.close?.().catch(() => undefined);
  rmSync(baseFolder, { recursive: true });
});

async function open(metadata: Record<string, string> = {}): Promise<PubSub> {
  const pubsub = await component.create(testContext("pubsub.sqlite", metadata, { baseFolder }));
  opened.push(pubsub);
  return pubsub;
}

/** Does something to the file as another process would. */
function outside(statement: string): void {
  const database = new Database(join(baseFolder, ".mecha/pubsub.db"), { timeout: 5_000 });
  try {
    database.exec(statement);
  } finally {
    database.close();
  }
}

/** The files in the test's folder that this process has open. */
function openFiles(): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const path = readlinkSync(join("/proc/self/fd", descriptor));
      return path.startsWith(baseFolder) ? [path] : [];
    } catch {
      return [];
    }
  });
}

const text = (body: string) => ({ data: new TextEncoder().encode(body), metadata: {} });

function inbox() {
  const bodies: string[] = [];
  const handler: MessageHandler = async ({ data }) => (bodies.push(new TextDecoder().decode(data)), "success");
  return { bodies, handler };
}

it("keeps its files from other users in a folder that they may read", async () => {
  const mask = process.umask(0o022);
  try {
    mkdirSync(join(baseFolder, ".mecha"), { mode: 0o755 });
    const pubsub = await open();
    await pubsub.publish("t", [text("secret")]);
    for (const name of ["pubsub.db", "pubsub.db-wal", "pubsub.db.wake"]) {
      expect([name, statSync(join(baseFolder, ".mecha", name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  } finally {
    process.umask(mask);
  }
});

it("names the file when the wake-up file cannot be opened, and does not write through a link", async () => {
  mkdirSync(join(baseFolder, "folder.db.wake"));
  const error = await open({ connectionString: "folder.db" }).catch((thrown: unknown) => thrown);
  expect(MechaError.is(error)).toBe(true);
  expect(error).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("folder.db") as string });
  writeFileSync(join(baseFolder, "precious"), "mine");
  symlinkSync(join(baseFolder, "precious"), join(baseFolder, "link.db.wake"));
  await expect(open({ connectionString: "link.db" })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(readFileSync(join(baseFolder, "precious"), "utf8")).toBe("mine");
});

it.runIf(process.platform === "linux")("goes on when the disk is too full for a wake-up", () => {
  const problems: unknown[] = [];
  const wakeFile = openWakeFile("/dev/full", (problem) => problems.push(problem));
  wakeFile.touch();
  wakeFile.close();
  expect(problems).toMatchObject([{ code: "ENOSPC" }]);
});

it("refuses a subscription that comes while it closes, and leaves nothing running", async () => {
  const pubsub = await open();
  const subscribing = pubsub.subscribe("t", inbox().handler, { metadata: {} }).catch((thrown: unknown) => thrown);
  await pubsub.close?.();
  expect(await subscribing).toMatchObject({ code: "UNAVAILABLE" });
});

it("closes the file even where a subscription cannot be ended", async () => {
  const pubsub = await open();
  await pubsub.subscribe("t", inbox().handler, { metadata: { broadcast: "true" } });
  outside("DROP TABLE deliveries");
  await expect(pubsub.close?.()).rejects.toMatchObject({ code: "INTERNAL" });
  await expect(pubsub.ping?.()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  // libsql lets go of the database itself only when its statements are collected.
  if (process.platform === "linux") expect(openFiles().filter((path) => path.endsWith(".wake"))).toEqual([]);
});

it("delivers what was published before the clock was set back", async () => {
  const pubsub = await open();
  const { bodies, handler } = inbox();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  await pubsub.publish("t", [text("backfilled")]);
  await pubsub.subscribe("other", handler, { metadata: { consumerGroup: "g" } });
  await pubsub.publish("other", [text("published")]);
  vi.useRealTimers();
  await pubsub.subscribe("t", handler, { metadata: { consumerGroup: "g" } });
  await eventually("both came", async () => bodies.length === 2);
  expect(bodies.sort()).toEqual(["backfilled", "published"]);
});

it("lets a consumer that slept renew its lease before anything is taken from it", async () => {
  const settings = { leaseDuration: "1s", pollInterval: "20ms" };
  const [sleeper, other] = [await open(settings), await open(settings)];
  const { bodies, handler } = inbox();
  await sleeper.subscribe("t", handler, { metadata: { broadcast: "true" } });
  await other.subscribe("t", inbox().handler, { metadata: {} });
  // After a sleep of the machine all leases are over, and the other's poll comes first.
  outside("UPDATE consumers SET lease_until = 1");
  await delay(100);
  await other.publish("t", [text("still here")]);
  await eventually("it came", async () => bodies.includes("still here"));
});

it("brings a broadcast subscription back that was ended for a process believed dead", async () => {
  const pubsub = await open({ leaseDuration: "300ms", pollInterval: "20ms" });
  const { bodies, handler } = inbox();
  await pubsub.subscribe("t", handler, { metadata: { broadcast: "true" } });
  outside("DELETE FROM consumers; DELETE FROM consumer_groups");
  await eventually("it hears again", async () => {
    await pubsub.publish("t", [text("again")]);
    return bodies.includes("again");
  });
});

it("never gives a new group the messages of one that is gone", async () => {
  const pubsub = await open({ pollInterval: "20ms" });
  const gone = inbox();
  await pubsub.subscribe("old", gone.handler, { metadata: { broadcast: "true" } });
  outside("DELETE FROM consumer_groups");
  const fresh = inbox();
  const second = await open();
  await second.subscribe("new", fresh.handler, { metadata: {} });
  for (let number = 0; number < 30; number++) await second.publish("new", [text(String(number))]);
  await eventually("all came", async () => fresh.bodies.length === 30);
  expect(gone.bodies).toEqual([]);
});
