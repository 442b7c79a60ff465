import { daprMethods } from "@mecha/sdk-core/protocol";
import { stateQuery } from "@mecha/sdk-core";
import { failureOf, uniqueName, type DaprApiFixture, type DeclareTest } from "./fixture.js";

interface Order {
  readonly batch: string;
  readonly paid: boolean;
  readonly total: number;
}

/** QueryStateAlpha1, for runtimes whose state store has queries. */
export function stateQueryTests({ expect }: DaprApiFixture["test"], it: DeclareTest): void {
  it("finds values by their fields, in order, page by page, under the keys of the app", async (store, { mecha }) => {
    const state = mecha.state<Order>(store);
    const batch = uniqueName("batch");
    const keys = Array.from({ length: 5 }, () => uniqueName("order"));
    await state.saveMany(keys.map((key, total) => ({ key, value: { batch, total, paid: total !== 1 } })));
    const query = stateQuery<Order>()
      .where((is) => is.and(is.eq("batch", batch), is.or(is.eq("paid", true), is.gt("total", 100))))
      .orderBy("total", "DESC")
      .limit(2);
    const first = await state.queryPage(query);
    expect(first.results.map(({ key }) => key)).toEqual([keys[4], keys[3]]);
    expect(first.token).toBeDefined();
    const found = [];
    for await (const { key, value, etag } of state.query(query)) found.push({ key, value, etag });
    expect(found.map(({ key }) => key)).toEqual([keys[4], keys[3], keys[2], keys[0]]);
    expect(found[3]?.value).toEqual({ batch, total: 0, paid: true });
    expect(found[3]?.etag).toBe((await state.get(keys[0] ?? ""))?.etag);
    await state.deleteMany(keys);
    expect((await state.queryPage(query)).results).toEqual([]);
  });

  it("advertises queries, and refuses what is none, saying why", async (storeName, { mecha, transport }) => {
    const { components } = await mecha.metadata();
    expect(components.find(({ name }) => name === storeName)?.capabilities).toContain("QUERY_API");
    for (const [query, why] of [
      ["", "JSON"],
      ["[]", "must be a map"],
      ['{"filter":{"EQ":{"a":1},"NEQ":{"a":1}}}', "single element"],
      ['{"filter":{"LIKE":{"a":"%"}}}', 'unsupported filter "LIKE"'],
      ['{"filter":{"AND":[{"EQ":{"a":1}}]}}', "at least two"],
      ['{"filter":{"IN":{"a":1}}}', "must be an array"],
      ['{"filter":{"EQ":{"a":{}}}}', "compares with"],
      ['{"sort":[{"key":"a","order":"UP"}]}', "ASC, DESC"],
      ['{"page":{"limit":-1}}', "whole number"],
    ] as const) {
      const failure = await failureOf(
        transport.unary(daprMethods.queryStateAlpha1, { storeName, query, metadata: {} }),
      );
      expect([failure.grpcStatus, failure.reason], query).toEqual([13, "DAPR_STATE_QUERY_FAILED"]);
      expect(failure.message).toContain(why);
    }
  });
}
