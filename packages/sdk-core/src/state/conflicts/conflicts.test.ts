import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaprd, startRedis } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { componentYaml, mechaOver, temporaryFolder, testRuntime } from "../../../test/mecha-fixture.js";
import { createGrpcTransport } from "../../grpc/grpc-transport.js";
import { createMecha, type Mecha } from "../../mecha.js";
import type { State } from "../state.js";

/** Etags that no store gives, of the forms that some store has. */
const malformed = ["no etag", "0", "-1", "", "1.5"];

/** What every store must say of a write that is too late; `atomic` tells of one whose transactions are all or nothing. */
function conflictTests(open: () => Promise<State<unknown>>, { atomic }: { readonly atomic: boolean }): void {
  const mismatch = { name: "MechaError", code: "ETAG_MISMATCH" };
  /** A key whose value was written a second time, and the ETag of the first. */
  const stale = async (store: State<unknown>, key = randomUUID()) => {
    await store.save(key, 1);
    const { etag } = (await store.get(key))!;
    await store.save(key, 2);
    return { key, etag };
  };

  it("a stale ETag is a mismatch in a save and in a delete, and changes nothing", async () => {
    const store = await open();
    const { key, etag } = await stale(store);
    const failure = store.save(key, 3, { etag });
    await expect(failure).rejects.toMatchObject({
      ...mismatch,
      component: "orders",
      operation: "state.save",
      httpStatus: 409,
      reason: "ERR_STATE_SAVE",
      metadata: { key },
    });
    await expect(store.delete(key, { etag })).rejects.toMatchObject(mismatch);
    expect((await store.get(key))?.value).toBe(2);
    await store.save(key, 4, { etag: (await store.get(key))!.etag });
    await store.delete(key, { etag: (await store.get(key))!.etag });
    expect(await store.get(key)).toBeUndefined();
  });

  it("a stale ETag is a mismatch among many", async () => {
    const store = await open();
    const { key, etag } = await stale(store);
    const other = randomUUID();
    const saving = store.saveMany([
      { key: other, value: 1 },
      { key, value: 3, etag },
    ]);
    await expect(saving).rejects.toMatchObject(mismatch);
    await expect(store.deleteMany([other, { key, etag }])).rejects.toMatchObject(mismatch);
    expect((await store.get(key))?.value).toBe(2);
  });

  it("first-write is a mismatch where there is a value, whoever wrote it, and leaves no mark on it", async () => {
    const store = await open();
    const [plain, created] = [randomUUID(), randomUUID()];
    await store.save(plain, 1);
    await store.save(created, 1, { concurrency: "first-write" });
    for (const key of [plain, created]) {
      await expect(store.save(key, 2, { concurrency: "first-write" })).rejects.toMatchObject(mismatch);
      expect((await store.get(key))?.value).toBe(1);
      await store.save(key, 3);
      await store.save(key, 4, { etag: (await store.get(key))!.etag });
      await store.save(key, 5);
      expect((await store.get(key))?.value).toBe(5);
      await store.delete(key);
      await store.save(key, 6, { concurrency: "first-write" });
    }
  });

  it("an ETag that the store cannot have given is invalid, and changes nothing", async () => {
    const store = await open();
    const key = randomUUID();
    await store.save(key, 1);
    for (const etag of malformed) {
      const invalid = { name: "MechaError", code: "ETAG_INVALID", metadata: { key } };
      await expect(store.save(key, 2, { etag })).rejects.toMatchObject(invalid);
      await expect(store.delete(key, { etag })).rejects.toMatchObject(invalid);
      await expect(store.transaction([{ delete: key, etag }], { allowPartial: true })).rejects.toMatchObject(invalid);
    }
    expect((await store.get(key))?.value).toBe(1);
  });

  it("in a transaction, conditions are mismatches too", async () => {
    const store = await open();
    const { key, etag } = await stale(store);
    for (const operation of [
      { upsert: key, value: 3, etag },
      { upsert: key, value: 3, concurrency: "first-write" as const },
      { delete: key, etag },
    ]) {
      await expect(store.transaction([operation], { allowPartial: true })).rejects.toMatchObject(mismatch);
    }
    expect((await store.get(key))?.value).toBe(2);
  });

  if (atomic) {
    it("a transaction with a stale ETag applies nothing", async () => {
      const store = await open();
      const { key, etag } = await stale(store);
      const other = randomUUID();
      const transaction = store.transaction([
        { upsert: other, value: 1 },
        { upsert: key, value: 3, etag },
      ]);
      await expect(transaction).rejects.toMatchObject(mismatch);
      expect(await store.get(other)).toBeUndefined();
    });
    return;
  }

  it("a transaction with a condition is refused, with the remedy, unless its partial application is allowed", async () => {
    const store = await open();
    const { key, etag } = await stale(store);
    const other = randomUUID();
    const operations = [
      { upsert: other, value: 1 },
      { upsert: key, value: 3, etag },
    ];
    for (const refused of [operations, [{ upsert: other, value: 1, concurrency: "first-write" as const }]]) {
      await expect(store.transaction(refused)).rejects.toMatchObject({
        code: "FAILED_PRECONDITION",
        component: "orders",
        message: expect.stringMatching(/"orders" \(state\.redis\).*allowPartial/) as unknown,
      });
    }
    expect(await store.get(other)).toBeUndefined();
    await expect(store.transaction(operations, { allowPartial: true })).rejects.toMatchObject(mismatch);
    expect((await store.get(other))?.value).toBe(1);
    await store.transaction([{ upsert: other, value: 2 }, { delete: key }]);
    expect((await store.get(other))?.value).toBe(2);
  });
}

interface Sidecar {
  readonly mecha: Mecha;
  stop(): Promise<void>;
}

/** A sidecar whose one component is written when its folder is known. */
async function onDaprd(yamlIn: (folder: string) => string): Promise<Sidecar> {
  // Not a temporary folder of the test: a sidecar drops a component when its file goes.
  const folder = await mkdtemp(join(tmpdir(), "mecha-conflicts-"));
  await writeFile(join(folder, "orders.yaml"), yamlIn(folder));
  const daprd = await startDaprd({ appId: `conflicts-${randomUUID()}`, resourcesFolders: [folder] });
  const transport = createGrpcTransport({ address: daprd.grpcAddress });
  const mecha = createMecha({ mode: "sidecar", transport, close: () => transport.close() }, "conflicts");
  return {
    mecha,
    async stop() {
      await mecha.close();
      await daprd.stop({ hard: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One sidecar for the tests of a store: they keep apart by their keys. */
function daprdOnce(yamlIn: (folder: string) => string): () => Promise<State<unknown>> {
  let started: Promise<Sidecar> | undefined;
  afterAll(async () => {
    await (await started)?.stop();
  });
  return async () => (await (started ??= onDaprd(yamlIn))).mecha.state("orders");
}

const redisYaml = ({ port }: { readonly port: number }): string =>
  componentYaml("orders", "state.redis", { redisHost: `127.0.0.1:${String(port)}`, redisMaxRetries: "1" });
const sqliteYaml = (folder: string): string =>
  componentYaml("orders", "state.sqlite", { connectionString: join(folder, "state.db") });
const memoryYaml = (): string => componentYaml("orders", "state.in-memory");

describeWith(["daprd", "redis"], "state.redis of daprd", (on) => {
  conflictTests(
    daprdOnce(() => redisYaml(on.redis)),
    { atomic: false },
  );

  it("a Redis that is down is no conflict", async () => {
    const redis = await startRedis();
    const { mecha, stop } = await onDaprd(() => redisYaml(redis));
    onTestFinished(stop);
    const store = mecha.state("orders");
    // Go's client repeats the key in what it says of a Redis that it cannot reach.
    const key = "user_script:1: failed to set key ";
    await store.save(key, 1);
    const { etag } = (await store.get(key))!;
    await redis.stop({ hard: true });
    const failing = [
      store.save(key, 2, { etag }),
      store.save(key, 2, { concurrency: "first-write" }),
      store.save(key, 2),
      store.saveMany([{ key, value: 2, etag }]),
      store.delete(key, { etag }),
      store.delete(key),
      store.deleteMany([key]),
      store.transaction([{ upsert: key, value: 2, etag }], { allowPartial: true }),
    ];
    for (const outcome of await Promise.allSettled(failing)) {
      expect(outcome).toMatchObject({
        reason: {
          name: "MechaError",
          code: "INTERNAL",
          message: expect.stringMatching(/connection refused/) as unknown,
        },
      });
    }
  });

  it("a key that cannot be read in bulk is named, and the others are given", async () => {
    const { mecha, stop } = await onDaprd(() => redisYaml(on.redis));
    onTestFinished(stop);
    const store = mecha.state("orders");
    await store.save("fine", 1);
    const { id } = await mecha.transport.unary((await protocol()).daprMethods.getMetadata, {});
    await inRedis(on.redis, `LPUSH ${id}||list a\r\n`);
    const failure = {
      code: "INTERNAL",
      metadata: { key: "list" },
      message: expect.stringMatching(/"list": WRONGTYPE/) as unknown,
    };
    await expect(store.getMany(["fine", "list"])).rejects.toMatchObject(failure);
    const failed: string[] = [];
    const found = await store.getMany(["fine", "list"], { onKeyError: (key) => failed.push(key) });
    expect([[...found.keys()], failed]).toEqual([["fine"], ["list"]]);
    const coalesced = mecha.state("orders", { coalesce: true });
    const outcomes = await Promise.allSettled([coalesced.get("fine"), coalesced.get("list")]);
    expect(outcomes).toMatchObject([
      { value: { value: 1 } },
      { reason: { code: "INTERNAL", reason: "ERR_STATE_GET" } },
    ]);
    await inRedis(on.redis, `DEL ${id}||list\r\n`);
  });

  it("a value that another client marked as first-write takes no plain save, and says why", async () => {
    const { mecha, stop } = await onDaprd(() => redisYaml(on.redis));
    onTestFinished(stop);
    const { common, daprMethods } = await protocol();
    const { CONCURRENCY_FIRST_WRITE } = common.StateOptions_StateConcurrency;
    const options = { concurrency: CONCURRENCY_FIRST_WRITE };
    const item = common.StateItem.fromPartial({ key: "marked", value: Buffer.from("1"), options });
    await mecha.transport.unary(daprMethods.saveState, { storeName: "orders", states: [item] });
    await expect(mecha.state("orders").save("marked", 2)).rejects.toMatchObject({ code: "ETAG_MISMATCH" });
  });
});

async function protocol() {
  const { common, daprMethods } = await import("../../protocol.js");
  return { common, daprMethods };
}

/** Sends one command to a Redis and waits for its answer. */
async function inRedis({ port }: { readonly port: number }, command: string): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.write(command);
  await once(socket, "data");
  socket.destroy();
}

describeWith("daprd", "state.sqlite of daprd", () => {
  conflictTests(daprdOnce(sqliteYaml), { atomic: true });
});

describeWith("daprd", "state.in-memory of daprd", () => {
  conflictTests(daprdOnce(memoryYaml), { atomic: true });
});

describeWith("redis", "state.redis of the embedded runtime", (on) => {
  conflictTests(async () => embedded(redisYaml(on.redis)), { atomic: true });
});

describe("state.sqlite of the embedded runtime", () => {
  conflictTests(async () => embedded(sqliteYaml(await temporaryFolder())), { atomic: true });
});

describe("state.in-memory of the embedded runtime", () => {
  conflictTests(async () => embedded(memoryYaml()), { atomic: true });
});

async function embedded(yaml: string): Promise<State<unknown>> {
  return (await mechaOver(await testRuntime([yaml]), "embedded")).state("orders");
}
