import { expect, test } from "vitest";
import { parseStateQuery } from "./parse-state-query.js";

const place = { storeName: "store", keyPrefix: "shop||" };
const parse = (query: unknown) => parseStateQuery(JSON.stringify(query), place);

test("filter, sort and page become what stores are asked", () => {
  const query = {
    filter: { OR: [{ EQ: { "a.b": null } }, { AND: [{ IN: { c: [1, "x", true] } }, { LTE: { d: 2 } }] }] },
    sort: [{ key: "a" }, { key: "b", order: "DESC" }],
    page: { limit: 3, token: "6" },
  };
  expect(parse(query)).toEqual({
    keyPrefix: "shop||",
    condition: {
      operator: "OR",
      conditions: [
        { operator: "EQ", key: "a.b", value: null },
        {
          operator: "AND",
          conditions: [
            { operator: "IN", key: "c", values: [1, "x", true] },
            { operator: "LTE", key: "d", value: 2 },
          ],
        },
      ],
    },
    sort: [
      { key: "a", descending: false },
      { key: "b", descending: true },
    ],
    limit: 3,
    token: "6",
  });
});

test("what is absent, empty or null asks for nothing", () => {
  const all = { keyPrefix: "shop||", sort: [] };
  for (const query of [{}, { filter: {}, sort: [], page: {} }, { filter: null, sort: null, page: null }]) {
    expect(parse(query)).toEqual(all);
  }
  expect(parse({ page: { limit: 0, token: "" } })).toEqual(all);
});

test("filters that are too deep or too many are refused instead of followed", () => {
  const text = `{"filter":${'{"AND":['.repeat(5_000)}{"EQ":{"a":1}}${",{}]}".repeat(5_000)}}`;
  expect(() => parseStateQuery(text, place)).toThrow("deep");
  expect(() => parse({ filter: { IN: { a: Array.from({ length: 5_001 }, (_, n) => n) } } })).toThrow("comparisons");
});

test("names that objects inherit are fields like others", () => {
  expect(parseStateQuery('{"filter":{"EQ":{"__proto__":1}}}', place).condition).toEqual({
    operator: "EQ",
    key: "__proto__",
    value: 1,
  });
});
