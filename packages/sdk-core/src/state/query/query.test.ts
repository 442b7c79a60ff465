import { describe, expect, expectTypeOf, it } from "vitest";
import { componentYaml, mechaOver, testRuntime } from "../../../test/mecha-fixture.js";
import { mechaAnswering } from "../../../test/state-server.js";
import { type QueryStateRequest, QueryStateResponse } from "../../generated/dapr/proto/runtime/v1/state.js";
import type { Mecha } from "../../mecha.js";
import { stateQuery, type FieldOf } from "./query-builder.js";
import type { StateQuery } from "./state-query.js";

interface Order {
  readonly paid: boolean;
  readonly total: number;
  readonly buyer: { readonly city: string };
}

/** A runtime that answers queries as a store with the query API does, in pages of two. */
async function queryable(): Promise<{ readonly mecha: Mecha; readonly asked: QueryStateRequest[] }> {
  const asked: QueryStateRequest[] = [];
  const stored = [1, 2, 3, 4, 5].map((total) => ({
    key: `o${String(total)}`,
    data: Buffer.from(`{"total":${String(total)}}`),
  }));
  const queryStateAlpha1 = async (request: QueryStateRequest): Promise<QueryStateResponse> => {
    asked.push(request);
    const { page } = JSON.parse(request.query) as StateQuery;
    const from = Number(page?.token ?? 0);
    const results = stored
      .slice(from, from + 2)
      .map((item) => ({ ...item, etag: "7", error: item.key === "o4" ? "gone while it was read" : "" }));
    return QueryStateResponse.fromPartial({
      results,
      token: from + 2 < 5 ? String(from + 2) : "",
      metadata: { took: "1" },
    });
  };
  return { mecha: await mechaAnswering({ queryStateAlpha1 }), asked };
}

describe("a query", () => {
  it("is put together in steps that change nothing they were made from", () => {
    const paid = stateQuery<Order>().where((is) => is.eq("paid", true));
    const query = paid
      .where((is) => is.or(is.gt("total", 10), is.in("buyer.city", ["Hangzhou", "Berlin"])))
      .where((is) => is.and(is.gte("total", 1), is.lt("total", 9), is.lte("total", 8), is.neq("total", 3)))
      .orderBy("total", "DESC")
      .orderBy("buyer.city")
      .limit(20)
      .from("40");
    expect(JSON.parse(JSON.stringify(query))).toEqual({
      filter: {
        AND: [
          { EQ: { paid: true } },
          { OR: [{ GT: { total: 10 } }, { IN: { "buyer.city": ["Hangzhou", "Berlin"] } }] },
          {
            AND: [{ GTE: { total: 1 } }, { LT: { total: 9 } }, { LTE: { total: 8 } }, { NEQ: { total: 3 } }],
          },
        ],
      },
      sort: [{ key: "total", order: "DESC" }, { key: "buyer.city" }],
      page: { limit: 20, token: "40" },
    });
    expect(JSON.parse(JSON.stringify(paid))).toEqual({ filter: { EQ: { paid: true } } });
  });

  it("knows the fields of the values", () => {
    expectTypeOf<FieldOf<Order>>().toEqualTypeOf<"paid" | "total" | "buyer" | "buyer.city">();
    expectTypeOf<FieldOf<unknown>>().toEqualTypeOf<string>();
  });

  it("gives results page by page, with ETags, and with the error of what could not be read", async () => {
    const { mecha, asked } = await queryable();
    const orders = mecha.state<Order>("orders");
    const query = stateQuery<Order>()
      .where((is) => is.eq("paid", true))
      .limit(2);
    const found: unknown[] = [];
    for await (const result of orders.query(query, { metadata: { queryIndexName: "orders" } })) {
      found.push(result.error?.message ?? [result.key, result.value?.total, result.etag]);
    }
    expect(found).toEqual([
      ["o1", 1, "7"],
      ["o2", 2, "7"],
      ["o3", 3, "7"],
      'The value of key "o4" in state store "orders" could not be read: gone while it was read',
      ["o5", 5, "7"],
    ]);
    expect(asked.map((request) => JSON.parse(request.query) as unknown)).toEqual([
      { filter: { EQ: { paid: true } }, page: { limit: 2 } },
      { filter: { EQ: { paid: true } }, page: { limit: 2, token: "2" } },
      { filter: { EQ: { paid: true } }, page: { limit: 2, token: "4" } },
    ]);
    expect(asked[0]).toMatchObject({ storeName: "orders", metadata: { queryIndexName: "orders" } });
  });

  it("asks for no further page than the results that are taken", async () => {
    const { mecha, asked } = await queryable();
    for await (const result of mecha.state("orders").query({})) {
      expect(result.key).toBe("o1");
      break;
    }
    expect(asked).toHaveLength(1);
  });

  it("gives one page and where the next begins", async () => {
    const { mecha } = await queryable();
    const first = await mecha.state("orders").queryPage({ filter: { EQ: { paid: true } } });
    expect([first.results.map(({ key }) => key), first.token, first.metadata]).toEqual([
      ["o1", "o2"],
      "2",
      { took: "1" },
    ]);
    const last = await mecha.state("orders").queryPage({ page: { limit: 2, token: "4" } });
    expect([last.results.length, last.token]).toEqual([1, undefined]);
  });

  it("is answered by a store that has queries", async () => {
    const mecha = await mechaOver(await testRuntime([componentYaml("orders", "state.in-memory")]), "gRPC");
    const orders = mecha.state<Pick<Order, "paid" | "total">>("orders");
    await orders.saveMany([1, 2, 3].map((total) => ({ key: `o${String(total)}`, value: { paid: total > 1, total } })));
    const query = stateQuery<Order>().where((is) => is.eq("paid", true));
    const page = await orders.queryPage(query.orderBy("total", "DESC").limit(1));
    expect(page.results.map(({ value }) => value)).toEqual([{ paid: true, total: 3 }]);
    await expect(mecha.state("nowhere").queryPage({})).rejects.toMatchObject({ component: "nowhere" });
  });
});
