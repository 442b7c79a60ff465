import { MechaError } from "@mecha/spec";
import { expect, it } from "vitest";
import { componentYaml, mechaOver, testRuntime } from "../../test/mecha-fixture.js";
import { createMecha, type Mecha } from "../mecha.js";
import type { Transport } from "../transport/transport.js";

/** A runtime's stores `orders` and `carts`, the names of the RPCs that are made, and how GetMetadata is answered. */
async function watched(metadata: (ask: () => Promise<unknown>) => Promise<unknown> = (ask) => ask()) {
  const yaml = ["orders", "carts"].map((name) => componentYaml(name, "state.in-memory"));
  const { transport } = await mechaOver(await testRuntime(yaml), "embedded");
  const calls: string[] = [];
  const watching: Transport = {
    ...transport,
    unary: <I, O>(...[method, request, call]: Parameters<typeof transport.unary<I, O>>): Promise<O> => {
      calls.push(method.path.slice(method.path.lastIndexOf("/") + 1));
      const ask = (): Promise<O> => transport.unary(method, request, call);
      // What is asked resolves with the method's own answer.
      return method.path.endsWith("/GetMetadata") ? (metadata(ask) as Promise<O>) : ask();
    },
  };
  const mecha: Mecha = createMecha(
    { mode: "sidecar", transport: watching, close: () => Promise.resolve() },
    "under-test",
  );
  return { mecha, calls, lookups: () => calls.filter((rpc) => rpc === "GetMetadata").length };
}

it("a store is never asked about for reads and plain writes, and once a connection for writes with a condition", async () => {
  const { mecha, lookups } = await watched();
  const orders = mecha.state<number>("orders");
  await orders.save("a", 1);
  await orders.saveMany([{ key: "b", value: 1, ttlSeconds: 5 }]);
  await orders.get("a");
  await orders.transaction([{ upsert: "c", value: 1 }]);
  await orders.deleteMany(["b", "c"]);
  expect(lookups()).toBe(0);
  const { etag } = (await orders.get("a"))!;
  await Promise.all([
    orders.save("a", 2, { etag }),
    orders.save("d", 1, { concurrency: "first-write" }),
    mecha.state("carts").save("e", 1, { concurrency: "first-write" }),
  ]);
  await expect(orders.save("a", 3, { etag })).rejects.toMatchObject({ code: "ETAG_MISMATCH" });
  expect(lookups()).toBe(1);
});

it("a runtime that does not say what its stores are is written to all the same, and asked again", async () => {
  let asked = 0;
  const { mecha } = await watched((ask) =>
    ++asked === 1 ? Promise.reject(new MechaError("UNIMPLEMENTED", "no metadata")) : ask(),
  );
  const orders = mecha.state<number>("orders");
  await orders.save("a", 1, { concurrency: "first-write" });
  await expect(orders.save("a", 2, { concurrency: "first-write" })).rejects.toMatchObject({ code: "ETAG_MISMATCH" });
  expect(asked).toBe(2);
});

it("a caller's time ends its wait for what is known of a store", async () => {
  const { mecha, calls } = await watched(() => new Promise(() => undefined));
  const orders = mecha.state<number>("orders");
  const leaving = new AbortController();
  const writes = [
    orders.save("a", 1, { concurrency: "first-write", timeoutMs: 20 }),
    orders.delete("a", { etag: "1", signal: leaving.signal }),
  ];
  await expect(writes[0]).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  leaving.abort();
  await expect(writes[1]).rejects.toMatchObject({ code: "CANCELLED" });
  expect(calls).toEqual(["GetMetadata"]);
});
