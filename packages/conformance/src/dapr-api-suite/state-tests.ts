import { common, daprMethods, state, type Transport } from "@mecha/sdk-core/protocol";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";
import { stateFacadeTests } from "./state-facade-tests.js";

const { CONCURRENCY_FIRST_WRITE } = common.StateOptions_StateConcurrency;
const { CONSISTENCY_UNSPECIFIED } = common.StateOptions_StateConsistency;

/** The partial message that a state item is made of. */
type ItemFields = Partial<Pick<common.StateItem, "etag" | "metadata" | "options">>;

/** State: what is saved is found again, with ETags, expiry and transactions as the Dapr API has them. */
export function stateTests(fixture: DaprApiFixture): void {
  const {
    test: { expect },
    supports,
    block,
  } = fixture;
  block("state", (it) => {
    it("gives back the bytes that were saved, with an ETag that changes with each write", async (storeName, {
      transport,
    }) => {
      const key = uniqueName("key");
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await save(transport, storeName, [item(key, bytes)]);
      const first = await get(transport, storeName, key);
      expect(Buffer.compare(first.data, bytes)).toBe(0);
      expect(first.etag).not.toBe("");
      await save(transport, storeName, [item(key, "second")]);
      const second = await get(transport, storeName, key);
      expect(second.data.toString()).toBe("second");
      expect(second.etag).not.toBe(first.etag);
    });

    it("answers nothing for a key that is absent, also after it was deleted", async (storeName, { transport }) => {
      const key = uniqueName("key");
      expect(await get(transport, storeName, key)).toMatchObject({ etag: "", data: Buffer.alloc(0) });
      await save(transport, storeName, [item(key, "value")]);
      await transport.unary(daprMethods.deleteState, { storeName, key, metadata: {} });
      expect(await get(transport, storeName, key)).toMatchObject({ etag: "", data: Buffer.alloc(0) });
      await transport.unary(daprMethods.deleteState, { storeName, key, metadata: {} });
    });

    it("reads many keys in one call and deletes many in one call", async (storeName, { transport }) => {
      const keys = [uniqueName("a"), uniqueName("b"), uniqueName("absent")];
      const [a = "", b = "", absent = ""] = keys;
      await save(transport, storeName, [item(a, "1"), item(b, "2")]);
      const bulk = await transport.unary(daprMethods.getBulkState, { storeName, keys, parallelism: 2, metadata: {} });
      const found = new Map(bulk.items.map(({ key, data }) => [key, data.toString()]));
      expect([found.get(a), found.get(b), found.get(absent) ?? ""]).toEqual(["1", "2", ""]);
      expect(bulk.items.every(({ error }) => error === "")).toBe(true);
      await transport.unary(daprMethods.deleteBulkState, { storeName, states: [item(a, ""), item(b, "")] });
      const after = await transport.unary(daprMethods.getBulkState, {
        storeName,
        keys: [a, b],
        parallelism: 0,
        metadata: {},
      });
      expect(after.items.filter(({ etag }) => etag !== "")).toEqual([]);
    });

    it("refuses a write whose ETag is not the stored one with ABORTED, and stores nothing", async (storeName, {
      transport,
    }) => {
      const key = uniqueName("key");
      await save(transport, storeName, [item(key, "1")]);
      const { etag } = await get(transport, storeName, key);
      await save(transport, storeName, [item(key, "2", { etag: { value: etag } })]);
      const failure = await failureOf(save(transport, storeName, [item(key, "3", { etag: { value: etag } })]));
      expect(failure.grpcStatus).toBe(10);
      expect(failure.reason).toBe("ERR_STATE_SAVE");
      const deletion = await failureOf(
        transport.unary(daprMethods.deleteState, { storeName, key, etag: { value: etag }, metadata: {} }),
      );
      expect([deletion.grpcStatus, deletion.reason]).toEqual([10, "ERR_STATE_DELETE"]);
      expect((await get(transport, storeName, key)).data.toString()).toBe("2");
    });

    it("creates only once with first-write concurrency", async (storeName, { transport }) => {
      const key = uniqueName("key");
      const once: ItemFields = {
        options: { concurrency: CONCURRENCY_FIRST_WRITE, consistency: CONSISTENCY_UNSPECIFIED },
      };
      await save(transport, storeName, [item(key, "first", once)]);
      const failure = await failureOf(save(transport, storeName, [item(key, "second", once)]));
      expect(failure.reason).toBe("ERR_STATE_SAVE");
      expect((await get(transport, storeName, key)).data.toString()).toBe("first");
    });

    it("refuses a key with the separator of key prefixes", async (storeName, { transport }) => {
      const failure = await failureOf(get(transport, storeName, "a||b"));
      expect([failure.grpcStatus, failure.reason]).toEqual([3, "DAPR_STATE_ILLEGAL_KEY"]);
    });

    it("keeps values of 3 MiB, and takes no message above 4 MiB", async (storeName, { transport }) => {
      const key = uniqueName("large");
      const much = Buffer.alloc(3 * 1024 * 1024, "x");
      await save(transport, storeName, [item(key, much)]);
      const tooMuch = Buffer.alloc(4 * 1024 * 1024 + 1, "y");
      expect((await failureOf(save(transport, storeName, [item(key, tooMuch)]))).code).toBe("RESOURCE_EXHAUSTED");
      expect(Buffer.compare((await get(transport, storeName, key)).data, much)).toBe(0);
      await transport.unary(daprMethods.deleteState, { storeName, key, metadata: {} });
    });

    it("refuses to save under an empty key", async (storeName, { transport }) => {
      const failure = await failureOf(save(transport, storeName, [item("", "value")]));
      expect(failure.grpcStatus).toBe(3);
    });

    if (supports.ttl === true) {
      it("forgets a value when its time is over, and says before when that is", async (storeName, { transport }) => {
        const key = uniqueName("key");
        await save(transport, storeName, [item(key, "soon gone", { metadata: { ttlInSeconds: "1" } })]);
        const { metadata } = await get(transport, storeName, key);
        const endsInMs = Date.parse(metadata["ttlExpireTime"] ?? "") - Date.now();
        expect(endsInMs).toBeGreaterThan(-1_000);
        expect(endsInMs).toBeLessThan(2_500);
        await expect.poll(async () => (await get(transport, storeName, key)).etag, { timeout: 5_000 }).toBe("");
      });
    }

    it("refuses illegal keys in every call before it does anything", async (storeName, { transport }) => {
      const fine = uniqueName("fine");
      const bad = "a||b";
      const calls = [
        () => save(transport, storeName, [item(fine, "1"), item(bad, "1")]),
        () => transport.unary(daprMethods.getBulkState, { storeName, keys: [fine, bad], parallelism: 0, metadata: {} }),
        () => transport.unary(daprMethods.deleteState, { storeName, key: bad, metadata: {} }),
        () => transport.unary(daprMethods.deleteBulkState, { storeName, states: [item(bad, "")] }),
        () => transact(transport, storeName, [upsert(fine, "1"), upsert(bad, "1")]),
      ];
      for (const call of calls) {
        const failure = await failureOf(call());
        expect([failure.grpcStatus, failure.reason]).toEqual([3, "DAPR_STATE_ILLEGAL_KEY"]);
      }
      expect((await get(transport, storeName, fine)).etag).toBe("");
    });

    it("takes an empty ETag for none", async (storeName, { transport }) => {
      const key = uniqueName("key");
      await save(transport, storeName, [item(key, "1")]);
      await save(transport, storeName, [item(key, "2", { etag: { value: "" } })]);
      expect((await get(transport, storeName, key)).data.toString()).toBe("2");
    });

    it("answers a bulk call about nothing with nothing", async (storeName, { transport }) => {
      const bulk = await transport.unary(daprMethods.getBulkState, {
        storeName,
        keys: [],
        parallelism: 0,
        metadata: {},
      });
      expect(bulk.items).toEqual([]);
      await save(transport, storeName, []);
      await transport.unary(daprMethods.deleteBulkState, { storeName, states: [] });
    });

    if (supports.transactions !== undefined) transactionTests(expect, it, supports.transactions.conflictStatus);
  });
  stateFacadeTests(fixture);
}

function transactionTests(
  expect: DaprApiFixture["test"]["expect"],
  it: Parameters<Parameters<DaprApiFixture["block"]>[1]>[0],
  conflictStatus: number,
): void {
  it("applies the operations of a transaction in order", async (storeName, { transport }) => {
    const [a, b] = [uniqueName("a"), uniqueName("b")];
    await save(transport, storeName, [item(b, "old")]);
    await transact(transport, storeName, [upsert(a, "1"), remove(b), upsert(a, "2")]);
    expect((await get(transport, storeName, a)).data.toString()).toBe("2");
    expect((await get(transport, storeName, b)).etag).toBe("");
  });

  it("applies nothing of a transaction in which one ETag is wrong", async (storeName, { transport }) => {
    const [a, b] = [uniqueName("a"), uniqueName("b")];
    await save(transport, storeName, [item(a, "1")]);
    const { etag } = await get(transport, storeName, a);
    await save(transport, storeName, [item(a, "2")]);
    const failure = await failureOf(
      transact(transport, storeName, [upsert(b, "new"), upsert(a, "3", { etag: { value: etag } })]),
    );
    expect([failure.grpcStatus, failure.reason]).toEqual([conflictStatus, "ERR_STATE_TRANSACTION"]);
    expect((await get(transport, storeName, a)).data.toString()).toBe("2");
    expect((await get(transport, storeName, b)).etag).toBe("");
  });

  it("refuses an operation that it does not know", async (storeName, { transport }) => {
    const failure = await failureOf(
      transact(transport, storeName, [{ operationType: "increment", request: item(uniqueName("key"), "1") }]),
    );
    expect([failure.grpcStatus, failure.reason]).toEqual([12, "ERR_NOT_SUPPORTED_STATE_OPERATION"]);
  });
}

function item(key: string, value: string | Buffer, fields: ItemFields = {}): common.StateItem {
  return common.StateItem.fromPartial({
    key,
    value: typeof value === "string" ? Buffer.from(value) : value,
    ...fields,
  });
}

function upsert(key: string, value: string, fields: ItemFields = {}): state.TransactionalStateOperation {
  return { operationType: "upsert", request: item(key, value, fields) };
}

function remove(key: string): state.TransactionalStateOperation {
  return { operationType: "delete", request: item(key, "") };
}

async function save(transport: Transport, storeName: string, states: common.StateItem[]): Promise<void> {
  await transport.unary(daprMethods.saveState, { storeName, states });
}

async function transact(
  transport: Transport,
  storeName: string,
  operations: state.TransactionalStateOperation[],
): Promise<void> {
  await transport.unary(daprMethods.executeStateTransaction, { storeName, operations, metadata: {} });
}

function get(transport: Transport, storeName: string, key: string): Promise<state.GetStateResponse> {
  return transport.unary(daprMethods.getState, state.GetStateRequest.fromPartial({ storeName, key }));
}
