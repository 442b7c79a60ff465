import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentYaml } from "@mecha/conformance";
import { startDaprd } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { createMecha, type Mecha } from "@mecha/sdk-core";
import { common, daprMethods, state, type Transport } from "@mecha/sdk-core/protocol";
import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { MechaError } from "@mecha/spec";
import { Redis } from "ioredis-upstream";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { serveHttp } from "../src/doors/http/serve-http.js";
import { createRuntime } from "../src/runtime.js";

/** A state store whose values are encrypted with keys from the secret store `vault`. */
function sealedYaml(
  store: { readonly name: string; readonly type: string; readonly metadata: Readonly<Record<string, string>> },
  keys: Readonly<Record<string, string>>,
): string {
  const entries = Object.entries(keys).map(
    ([name, secret]) => `    - { name: ${name}, secretKeyRef: { name: ${secret}, key: ${secret} } }\n`,
  );
  return `${componentYaml(store.name, store.type, store.metadata)}${entries.join("")}auth: { secretStore: vault }\n`;
}

/** One folder of state stores, read by the embedded runtime and by real daprd. */
describeWith(["daprd", "redis"], "state, embedded and on daprd", (on) => {
  let redis: Redis;
  const sides = new Map<string, { readonly mecha: Mecha; readonly transport: Transport }>();
  const closers: (() => unknown)[] = [];
  const http: string[] = [];
  let folder = "";

  beforeAll(async () => {
    redis = new Redis(on.redis.port, on.redis.host);
    folder = await mkdtemp(join(tmpdir(), "mecha-same-state-"));
    const path = join(folder, "components");
    await mkdir(path);
    const key = (bytes: number) => randomBytes(bytes).toString("hex");
    const secrets = { "key-128": key(16), "key-192": key(24), "key-256": key(32) };
    await writeFile(join(folder, "secrets.json"), JSON.stringify(secrets));
    const redisHost = on.redis.address;
    const connectionString = join(folder, "sealed.db");
    const prefixed = (name: string, keyPrefix: Record<string, string>) =>
      componentYaml(name, "state.redis", { redisHost, ...keyPrefix });
    const sealed = { name: "sealed", type: "state.redis", metadata: { redisHost, keyPrefix: "vault" } };
    const resources = [
      componentYaml("vault", "secretstores.local.file", { secretsFile: join(folder, "secrets.json") }),
      prefixed("by-default", {}),
      prefixed("by-appid", { keyPrefix: "appid" }),
      prefixed("by-name", { keyPrefix: "Name" }),
      prefixed("by-namespace", { keyPrefix: "namespace" }),
      prefixed("by-none", { keyPrefix: "none" }),
      prefixed("by-text", { keyPrefix: "Shop" }),
      prefixed("by-nothing", { keyPrefix: "" }),
      prefixed("by-other-case", { KEYPREFIX: "cased" }),
      sealedYaml(sealed, { primaryEncryptionKey: "key-128" }),
      sealedYaml(
        { ...sealed, name: "rotated" },
        { primaryEncryptionKey: "key-256", secondaryEncryptionKey: "key-128" },
      ),
      prefixed("unsealed", { keyPrefix: "vault" }),
      componentYaml("file", "state.sqlite", { connectionString: join(folder, "plain.db") }),
      sealedYaml(
        { name: "sealed-file", type: "state.sqlite", metadata: { connectionString } },
        { primaryEncryptionKey: "key-192" },
      ),
    ];
    await Promise.all(resources.map((text, index) => writeFile(join(path, `${String(index)}.yaml`), text)));
    vi.stubEnv("NAMESPACE", "blue");
    const appId = "same-app";
    const daprd = await startDaprd({ appId, resourcesFolders: [path], logLevel: "warn", env: { NAMESPACE: "blue" } });
    const theirs = createGrpcTransport({ address: daprd.grpcAddress });
    const runtime = await createRuntime({ appId, resourcesPaths: [path], baseFolder: folder });
    http.push(daprd.httpAddress, (await serveHttp(runtime, { port: 0 })).address);
    const close = (): Promise<void> => Promise.resolve();
    for (const [name, transport] of [
      ["daprd", theirs],
      ["embedded", runtime.transport],
    ] as const) {
      const mode = name === "daprd" ? "sidecar" : "embedded";
      sides.set(name, { transport, mecha: createMecha({ transport, mode, close }, appId) });
    }
    closers.push(
      () => runtime.close(),
      () => theirs.close(),
      () => daprd.stop({ hard: true }),
      () => redis.quit(),
      () => rm(folder, { recursive: true, force: true }),
      () => vi.unstubAllEnvs(),
    );
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });

  const side = (name: string) => {
    const found = sides.get(name);
    if (found === undefined) throw new Error(`there is no side "${name}"`);
    return found;
  };
  const directions = [
    ["embedded", "daprd"],
    ["daprd", "embedded"],
  ] as const;

  it.each([
    ["by-default", "same-app||"],
    ["by-appid", "same-app||"],
    ["by-name", "by-name||"],
    ["by-namespace", "blue.same-app||"],
    ["by-none", ""],
    ["by-text", "shop||"],
    ["by-nothing", "||"],
    ["by-other-case", "cased||"],
  ])("%s: both have a key under %j, the same one", async (store, prefix) => {
    const key = randomUUID();
    for (const [index, name] of ["daprd", "embedded", "daprd"].entries()) {
      await side(name).mecha.state(store).save(key, index);
      expect(await redis.keys(`*${key}*`)).toEqual([prefix + key]);
      expect(await redis.hget(prefix + key, "version")).toBe(String(index + 1));
    }
  });

  it("both refuse keys that hold the separator, with the same status, reason and words", async () => {
    const storeName = "by-none";
    const requests: readonly ((transport: Transport) => Promise<unknown>)[] = [
      (to) => to.unary(daprMethods.getState, state.GetStateRequest.fromPartial({ storeName, key: "a||b" })),
      (to) => to.unary(daprMethods.getBulkState, { storeName, keys: ["a", "||"], parallelism: 1, metadata: {} }),
      (to) => to.unary(daprMethods.saveState, { storeName, states: [common.StateItem.fromPartial({ key: "a||b" })] }),
      (to) => to.unary(daprMethods.deleteState, { storeName, key: "a||b", metadata: {} }),
      (to) => to.unary(daprMethods.queryStateAlpha1, { storeName: "sealed-file", query: "{}", metadata: {} }),
    ];
    const failure = async (name: string, request: (transport: Transport) => Promise<unknown>) => {
      const thrown: unknown = await request(side(name).transport).catch((error: unknown) => error);
      const { grpcStatus, reason, message } = MechaError.from(thrown);
      return [grpcStatus, reason, message];
    };
    for (const request of requests.slice(0, -1)) {
      expect(await failure("embedded", request)).toEqual(await failure("daprd", request));
    }
    const [query] = requests.slice(-1);
    if (query === undefined) return;
    // daprd's sqlite has no queries at all, ours none of what is encrypted; the status is the same.
    const [own, foreign] = [await failure("embedded", query), await failure("daprd", query)];
    expect([own[0], own[2]]).toEqual([foreign[0], expect.stringContaining("cannot query encrypted store")]);
  });

  /** When a value ends, as the store has it: the moment, or seconds. */
  const endOf = async (store: string, key: string): Promise<string | number | undefined> => {
    if (store === "by-default") return redis.ttl(`same-app||${key}`);
    const { metadata } = await side("daprd").transport.unary(
      daprMethods.getState,
      state.GetStateRequest.fromPartial({ storeName: store, key }),
    );
    return metadata["ttlExpireTime"];
  };

  it.each(directions.flatMap(([from, to]) => [[from, to, "by-default"] as const, [from, to, "file"] as const]))(
    "what %s writes, %s reads and replaces in %s: JSON, bytes, ETags, when it ends",
    async (from, to, store) => {
      const [json, binary, ending, alike] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
      const [writer, reader] = [side(from).mecha.state(store), side(to).mecha.state(store)];
      const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await writer.save(json, { text: "grüß <dich> || ", n: 1.5 });
      await side(from).mecha.state<Uint8Array>(store, { codec: "bytes" }).save(binary, every);
      for (const key of [ending, alike]) await writer.save(key, "soon gone", { ttlSeconds: 3_600 });

      const own = await writer.get(json);
      expect(own?.value).toEqual({ text: "grüß <dich> || ", n: 1.5 });
      expect(await reader.get(json)).toEqual(own);
      const bytes = await side(to).mecha.state<Uint8Array>(store, { codec: "bytes" }).get(binary);
      expect(Buffer.compare(bytes?.value ?? Buffer.alloc(0), every)).toBe(0);
      // Of Redis, only ours tells it.
      if (store === "file") expect(await reader.get(ending)).toEqual(await writer.get(ending));
      const end = await endOf(store, ending);
      const leftSeconds = typeof end === "number" ? end : (Date.parse(end ?? "") - Date.now()) / 1_000;
      expect(Math.abs(leftSeconds - 3_550)).toBeLessThan(100);

      const etag = own?.etag ?? "";
      await reader.save(json, "changed", { etag });
      await expect(writer.save(json, "late", { etag })).rejects.toMatchObject({ code: "ETAG_MISMATCH" });
      expect(await writer.get(json)).toEqual(await reader.get(json));
      // Whether a value without an end takes the end of the former one away.
      await writer.save(alike, "kept?");
      await reader.transaction([{ upsert: ending, value: "kept?" }, { delete: binary }]);
      expect([(await writer.get(ending))?.value, await writer.get(binary)]).toEqual(["kept?", undefined]);
      expect(typeof (await endOf(store, ending))).toBe(typeof (await endOf(store, alike)));
    },
  );

  it("both keep JSON that comes over HTTP as the same text", async () => {
    const id = randomUUID();
    for (const [index, address] of http.entries()) {
      const body = `[{ "key": "${id}-${String(index)}", "value": { "${id}": [ "<&>", 1.50 ] } }]`;
      for (const store of ["by-default", "file"]) {
        const saved = await fetch(`${address}/v1.0/state/${store}`, { method: "POST", body });
        expect(saved.status).toBe(204);
      }
      expect(await redis.hget(`same-app||${id}-${String(index)}`, "data")).toBe(`{"${id}":["<&>",1.5]}`);
    }
    // The file and its log, in which values that are no text are base64.
    const files = (await readdir(folder)).filter((name) => name.startsWith("plain.db"));
    const written = (await Promise.all(files.map((name) => readFile(join(folder, name), "latin1")))).join("");
    const text = String.raw`{"${id}":["\u003c\u0026\u003e",1.5]}`;
    expect(http.map((_, index) => written.includes(`same-app||${id}-${String(index)}${text}`))).toEqual([true, true]);
  });

  it.each(directions)("what %s encrypts, %s reads: JSON, bytes, nothing, in bulk and one by one", async (from, to) => {
    for (const store of ["sealed", "sealed-file"]) {
      const [json, bytes, empty] = [randomUUID(), randomUUID(), randomUUID()];
      const large = randomBytes(100_000);
      await side(from).mecha.state(store).save(json, { text: "grüß <dich> || ", n: 1.5 });
      const writer = side(from).mecha.state<Uint8Array>(store, { codec: "bytes" });
      await writer.save(bytes, large);
      await writer.save(empty, new Uint8Array());
      const reader = side(to).mecha.state<Uint8Array>(store, { codec: "bytes" });
      expect((await side(to).mecha.state(store).get(json))?.value).toEqual({ text: "grüß <dich> || ", n: 1.5 });
      expect(Buffer.compare((await reader.get(bytes))?.value ?? Buffer.alloc(0), large)).toBe(0);
      const found = await reader.getMany([bytes, empty]);
      expect(Buffer.compare(found.get(bytes)?.value ?? Buffer.alloc(0), large)).toBe(0);
      expect(found.get(empty)?.value.length).toBe(0);
    }
  });

  it("what is stored names its key, is base64, and is never the same twice", async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    for (const key of [one, two]) await side("embedded").mecha.state("sealed").save(key, "secret");
    const stored = await Promise.all([one, two].map((key) => redis.hget(`vault||${key}`, "data")));
    // 12 bytes of nonce, 8 of JSON, 16 of tag.
    for (const text of stored) expect(text).toMatch(/^[A-Za-z0-9+/]{48}\|\|key-128$/);
    expect(stored[0]).not.toBe(stored[1]);
  });

  it("transactions and conditions hold on encrypted values, and daprd reads what they wrote", async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const sealed = side("embedded").mecha.state("sealed");
    await sealed.save(b, "old");
    await sealed.transaction([{ upsert: a, value: { paid: true } }, { delete: b }]);
    expect((await side("daprd").mecha.state("sealed").get(a))?.value).toEqual({ paid: true });
    const stale = (await sealed.get(a))?.etag ?? "";
    await sealed.save(a, 2, { etag: stale });
    await expect(sealed.save(a, 3, { etag: stale })).rejects.toMatchObject({ code: "ETAG_MISMATCH" });
    expect((await side("daprd").mecha.state("sealed").getMany([a, b])).size).toBe(1);
  });

  it.each(directions)(
    "after a rotation, %s reads and replaces what %s encrypted with the old key",
    async (to, from) => {
      const key = randomUUID();
      await side(from).mecha.state("sealed").save(key, "old");
      const rotated = side(to).mecha.state("rotated");
      expect((await rotated.get(key))?.value).toBe("old");
      await rotated.save(key, "new");
      expect(await redis.hget(`vault||${key}`, "data")).toMatch(/\|\|key-256$/);
      expect((await side(from).mecha.state("rotated").get(key))?.value).toBe("new");
      // The store that does not have the new key cannot read it. (daprd has no answer to that: it ends.)
      await expect(side("embedded").mecha.state("sealed").get(key)).rejects.toMatchObject({
        reason: "ERR_STATE_GET",
        message: expect.stringContaining('the key "key-256"') as string,
      });
    },
  );

  it("a value that was never encrypted, or was changed, fails by itself and does not hide others", async () => {
    const [good, plain, changed] = [randomUUID(), randomUUID(), randomUUID()];
    const storeName = "sealed";
    for (const key of [good, changed]) await side("embedded").mecha.state(storeName).save(key, "good");
    await side("embedded").mecha.state("unsealed").save(plain, "x||");
    const data = (await redis.hget(`vault||${changed}`, "data")) ?? "";
    await redis.hset(`vault||${changed}`, "data", (data.startsWith("A") ? "B" : "A") + data.slice(1));
    for (const name of ["daprd", "embedded"]) {
      const { items } = await side(name).transport.unary(daprMethods.getBulkState, {
        storeName,
        keys: [plain, good, changed],
        parallelism: 1,
        metadata: {},
      });
      const found = new Map(items.map((item) => [item.key, item]));
      expect([plain, good, changed].map((key) => found.get(key)?.error === "")).toEqual([false, true, false]);
      expect(found.get(good)?.data.toString()).toBe('"good"');
      expect(found.get(plain)?.data.length).toBe(0);
      const single = side(name).mecha.state(storeName).get(changed);
      await expect(single).rejects.toMatchObject({ grpcStatus: 13, reason: "ERR_STATE_GET" });
    }
  });
});
