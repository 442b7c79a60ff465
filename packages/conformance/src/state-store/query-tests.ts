import { randomUUID } from "node:crypto";
import type { StateCondition, StateQuery } from "@mecha/spec";
import { bytes, set, type StateStoreFixture } from "./state-store-fixture.js";

/** What the queries are about; `contentType` is what a store may need to see that a value is JSON. */
const people: Readonly<Record<string, unknown>> = {
  ada: { name: "Ada", age: 36, address: { city: "London" }, tags: ["math", "code"], active: true },
  bo: { name: "Bo", age: 20, address: { city: "Hangzhou" }, active: false, nick: null },
  cy: { name: "cy", age: 20.5, address: { city: "Berlin" }, "odd.name": 1, 'quo"ted': "yes" },
  dee: { name: "Dée", age: "36", address: "none", nick: "d" },
  eve: ["no", "document"],
  num: 36,
};

const conditions: readonly (readonly [title: string, condition: StateCondition, keys: readonly string[]])[] = [
  ["EQ of a text", { operator: "EQ", key: "name", value: "Ada" }, ["ada"]],
  ["EQ of a nested field", { operator: "EQ", key: "address.city", value: "Hangzhou" }, ["bo"]],
  ["EQ of a number, and not of the same digits as text", { operator: "EQ", key: "age", value: 36 }, ["ada"]],
  ["EQ of true, and not of 1", { operator: "EQ", key: "active", value: true }, ["ada"]],
  ["EQ of 1, and not of true", { operator: "EQ", key: "active", value: 1 }, []],
  ["EQ of null, and not of what is absent", { operator: "EQ", key: "nick", value: null }, ["bo"]],
  ["EQ of a place in a list", { operator: "EQ", key: "tags.1", value: "code" }, ["ada"]],
  ["EQ of a name with quotes", { operator: "EQ", key: 'quo"ted', value: "yes" }, ["cy"]],
  ["NEQ, where the field is there", { operator: "NEQ", key: "active", value: true }, ["bo"]],
  ["NEQ of 1, which true is not", { operator: "NEQ", key: "active", value: 1 }, ["ada", "bo"]],
  ["GT", { operator: "GT", key: "age", value: 20 }, ["ada", "cy"]],
  ["GTE", { operator: "GTE", key: "age", value: 20 }, ["ada", "bo", "cy"]],
  ["LT", { operator: "LT", key: "age", value: 20.5 }, ["bo"]],
  ["LTE", { operator: "LTE", key: "age", value: 20.5 }, ["bo", "cy"]],
  ["GT of texts, by code point", { operator: "GT", key: "name", value: "Bo" }, ["cy", "dee"]],
  ["GT of a boolean, which has no order", { operator: "GT", key: "active", value: false }, []],
  ["IN", { operator: "IN", key: "address.city", values: ["London", "Berlin", 7] }, ["ada", "cy"]],
  ["IN of nothing", { operator: "IN", key: "age", values: [] }, []],
  [
    "AND, with OR in it",
    {
      operator: "AND",
      conditions: [
        { operator: "GTE", key: "age", value: 20 },
        {
          operator: "OR",
          conditions: [
            { operator: "EQ", key: "address.city", value: "Berlin" },
            { operator: "EQ", key: "active", value: false },
          ],
        },
      ],
    },
    ["bo", "cy"],
  ],
  ["a field that nothing has", { operator: "NEQ", key: "constructor.name", value: "x" }, []],
  ["a path that would end a statement", { operator: "EQ", key: "name' OR 1 --", value: "Ada" }, []],
  ["a value that would end a statement", { operator: "EQ", key: "name", value: "' OR ''='" }, []],
];

/** Queries by the fields of values. */
export function queryTests({ test, store, writeOne }: StateStoreFixture): void {
  const { describe, it, expect, beforeAll } = test;

  describe("queries", () => {
    // A prefix of its own: a query sees all that is under one.
    const keyPrefix = `query-${randomUUID()}||`;
    const json = { metadata: { contentType: "application/json" } };

    beforeAll(async () => {
      for (const [key, value] of Object.entries(people))
        await writeOne(set(keyPrefix + key, JSON.stringify(value), json));
      await writeOne({ type: "set", key: `${keyPrefix}bytes`, value: Uint8Array.from([0, 255]) });
      await writeOne({ type: "set", key: `${keyPrefix}empty`, value: new Uint8Array() });
      // These belong to others: an actor of the same app, and another app.
      await writeOne(set(`${keyPrefix}Actor||1||state`, JSON.stringify(people["ada"]), json));
      await writeOne(set(`other-${keyPrefix}ada`, JSON.stringify(people["ada"]), json));
    });

    const ask = async (query: Partial<StateQuery>) => {
      const page = await store().query?.({ sort: [], keyPrefix, ...query });
      if (page === undefined) throw new Error("the store says that it has queries, but has no method for them");
      return { ...page, keys: page.items.map(({ key }) => key.slice(keyPrefix.length)) };
    };

    for (const [title, condition, keys] of conditions) {
      it(`find what meets ${title}`, async () => {
        expect((await ask({ condition })).keys).toEqual(keys);
      });
    }

    it("find all documents without a condition, in the order of their keys, and none that is not JSON", async () => {
      expect((await ask({})).keys).toEqual(Object.keys(people));
    });

    it("give values and ETags as reads do", async () => {
      const { items } = await ask({ condition: { operator: "EQ", key: "name", value: "Ada" } });
      const [record] = await store().get([`${keyPrefix}ada`]);
      expect(items).toHaveLength(1);
      expect(Buffer.from(items[0]?.value ?? bytes(""))).toEqual(Buffer.from(JSON.stringify(people["ada"])));
      expect(items[0]?.etag).toBe(record?.etag);
    });

    it("order by several fields, what has none first", async () => {
      const condition: StateCondition = { operator: "NEQ", key: "name", value: "" };
      const by = (key: string, descending = false) => ({ key, descending });
      expect((await ask({ condition, sort: [by("age")] })).keys).toEqual(["bo", "cy", "ada", "dee"]);
      expect((await ask({ condition, sort: [by("nick", true), by("age", true)] })).keys).toEqual([
        "dee",
        "bo",
        "ada",
        "cy",
      ]);
    });

    it("give page after page, and no token after the last", async () => {
      const seen: string[] = [];
      let token: string | undefined;
      do {
        const page = await ask({ limit: 4, ...(token !== undefined && { token }) });
        expect(page.keys.length).toBeLessThanOrEqual(4);
        seen.push(...page.keys);
        token = page.token;
      } while (token !== undefined);
      expect(seen).toEqual(Object.keys(people));
      expect((await ask({ limit: 6 })).token).toBeUndefined();
    });

    it("refuse a token that is none", async () => {
      await expect(ask({ limit: 2, token: "-1 OR 1" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    });

    it("find values that were not declared to be JSON, and are", async () => {
      const key = `${keyPrefix}zoe`;
      await writeOne(set(key, '{"name":"Zoe"}'));
      expect((await ask({ condition: { operator: "EQ", key: "name", value: "Zoe" } })).keys).toEqual(["zoe"]);
      await writeOne({ type: "delete", key });
      expect((await ask({ condition: { operator: "EQ", key: "name", value: "Zoe" } })).keys).toEqual([]);
    });
  });
}
