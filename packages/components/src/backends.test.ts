import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, describe, expect, it } from "vitest";
import { testContext } from "../test/test-context.js";
import { catalogue } from "./catalogue.js";

/** Stands for every credential; no report may hold it. */
const secret = "TOP-SECRET-42";

const baseFolder = mkdtempSync(join(tmpdir(), "mecha-backends-"));
writeFileSync(join(baseFolder, "secrets.json"), JSON.stringify({ password: secret }));
afterAll(() => {
  rmSync(baseFolder, { recursive: true });
});

/** What a component says it talks to; GetMetadata tells it to everybody (`mecha.backend.<name>`). */
async function backendOf(type: string, metadata: Readonly<Record<string, string>>): Promise<string> {
  tested.add(type);
  const { component } = (await catalogue[type]?.()) ?? {};
  const created = await component?.create(testContext(type, metadata, { baseFolder }));
  try {
    return created?.backend ?? "";
  } finally {
    await created?.close?.();
  }
}

const tested = new Set<string>();

const credentials = {
  accessKey: secret,
  secretKey: secret,
  redisUsername: secret,
  redisPassword: secret,
  username: secret,
  password: secret,
};

const redisTypes = Object.keys(catalogue).filter((type) => type.endsWith(".redis"));
const rocketmqTypes = Object.keys(catalogue).filter((type) => type.endsWith(".rocketmq"));

describe("the backend of a component names its place and no credentials", () => {
  it.each([
    ["bindings.cron", { schedule: "@every 1h" }, "cron"],
    ["bindings.http", { url: `http://user:${secret}@127.0.0.1:8080/path?key=${secret}` }, "http://127.0.0.1:8080"],
    ["bindings.localstorage", { rootPath: "files" }, "file:files"],
    ["configuration.file", { path: "settings" }, "file:settings"],
    ["configuration.in-memory", {}, "memory"],
    ["conversation.echo", {}, "memory"],
    [
      "conversation.openai",
      { key: secret, endpoint: `http://127.0.0.1:8080/v1?key=${secret}` },
      "http://127.0.0.1:8080",
    ],
    ["crypto.dapr.jwks", { jwks: JSON.stringify({ keys: [{ kty: "oct", kid: "a", k: secret }] }) }, "memory"],
    ["crypto.dapr.localstorage", { path: "." }, "file:."],
    ["lock.in-memory", {}, "memory"],
    ["pubsub.in-memory", {}, "memory"],
    ["pubsub.sqlite", { connectionString: "messages.db" }, `file:${join(baseFolder, "messages.db")}`],
    ["secretstores.local.env", {}, "env"],
    ["secretstores.local.file", { secretsFile: "secrets.json" }, "file:secrets.json"],
    ["state.in-memory", {}, "memory"],
    ["state.sqlite", { connectionString: "state.db" }, `file:${join(baseFolder, "state.db")}`],
  ])("%s", async (type, metadata, expected) => {
    expect(await backendOf(type, { ...credentials, ...metadata })).toBe(expected);
  });

  describeWith("redis", "on Redis", (on) => {
    it.each(redisTypes)("%s", async (type) => {
      const { Redis } = await import("ioredis-upstream");
      const admin = new Redis(on.redis.port, on.redis.host);
      await admin.call("ACL", "SETUSER", secret, "on", `>${secret}`, "~*", "+@all");
      try {
        const backend = await backendOf(type, { ...credentials, redisHost: on.redis.address });
        expect(backend).toBe(`redis://${on.redis.address}/0`);
      } finally {
        await admin.call("ACL", "DELUSER", secret);
        admin.disconnect();
      }
    });
  });

  describeWith("rocketmq", "on RocketMQ", (on) => {
    it.each(rocketmqTypes)("%s", async (type) => {
      const backend = await backendOf(type, { ...credentials, nameServer: on.rocketmq.nameServer });
      expect(backend).toBe(`rocketmq://${on.rocketmq.nameServer}`);
    });
  });

  it.each(["bindings.nacos", "configuration.nacos"])("%s", async (type) => {
    const server = createServer((request, response) => {
      if (request.url?.includes("/login") === true) response.end(JSON.stringify({ accessToken: secret }));
      else response.writeHead(404).end("config data not exist");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // A server that listens on TCP has an address with a port.
    const { port } = server.address() as AddressInfo;
    try {
      const serverAddr = `127.0.0.1:${String(port)}`;
      const backend = await backendOf(type, { ...credentials, serverAddr, namespace: "blue" });
      expect(backend).toBe(`nacos://${serverAddr}/blue`);
    } finally {
      server.close();
    }
  });

  it("was asked of every component whose engine is here", () => {
    const withEngines = [...rocketmqTypes, ...redisTypes];
    expect([...new Set([...tested, ...withEngines])].sort()).toEqual(Object.keys(catalogue).sort());
  });
});
