import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { writeComponent } from "../test/portable-cache.js";
import { RawClient } from "../test/raw-client.js";
import { CacheLink } from "./cache-link.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mecha-shared-session-"));
  await writeComponent(folder, "state.in-memory", {});
  vi.stubEnv("DAPR_RESOURCES_PATHS", folder);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function open(): Promise<{ readonly link: CacheLink; readonly client: RawClient }> {
  const link = new CacheLink({ host: "tair.example" });
  const { stream } = await link.open();
  return { link, client: new RawClient(stream) };
}

it("has clients of one process hear each other, whoever came first and has gone", async () => {
  const [first, second, third] = [await open(), await open(), await open()];
  await second.client.call("SUBSCRIBE", "news");
  expect(await third.client.call("PUBLISH", "news", "one")).toBe(":1");
  expect(await first.client.call("SET", "kept", "1")).toBe("+OK");
  first.client.close();
  await first.link.close();
  expect(await third.client.call("PUBLISH", "news", "two")).toBe(":1");
  expect(await third.client.call("GET", "kept")).toBe("$1\r\n1");
  const fourth = await open();
  expect(await fourth.client.call("PUBLISH", "news", "three")).toBe(":1");
  for (const { client, link } of [second, third, fourth]) {
    client.close();
    await link.close();
  }
});

it("starts anew when all have gone", async () => {
  const { client, link } = await open();
  expect(await client.call("GET", "kept")).toBe("$-1");
  client.close();
  await link.close();
});
