import { expect, it } from "vitest";
import { toBindingWrite } from "./binding-write.js";

const item = { dataId: "rules", group: "G" };

it("gives bindings.redis the key and value that configuration.redis reads", () => {
  const { data, metadata } = toBindingWrite("bindings.redis", item, { content: "价格", type: "json" });
  expect(metadata).toEqual({ key: "G/rules" });
  expect(Buffer.from(data).toString()).toMatch(/^价格\|\|\d+$/);
  expect(toBindingWrite("bindings.redis", item, {}).metadata).toEqual({ key: "G/rules" });
});

it("refuses content that configuration.redis would cut", () => {
  expect(() => toBindingWrite("bindings.redis", item, { content: "a || b" })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
});

it("gives other bindings the content in base64", () => {
  const { data, metadata } = toBindingWrite("bindings.localstorage", item, { content: "a || b", type: "text" });
  expect(Buffer.from(Buffer.from(data).toString(), "base64").toString()).toBe("a || b");
  expect(metadata).toMatchObject({ fileName: "G/rules", encoding: "base64", type: "text" });
});
