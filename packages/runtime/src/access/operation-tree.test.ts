import { expect, test } from "vitest";
import { OperationTree } from "./operation-tree.js";

function findIn(paths: readonly string[], asked: string): string | undefined {
  const tree = new OperationTree<string>();
  for (const path of paths) tree.add(path, path);
  return tree.find(asked);
}

test.each([
  [["/orders"], "/orders", "/orders"],
  [["/orders"], "/other", undefined],
  [["/orders"], "/orders/1/items", "/orders"],
  [["/orders/*"], "/orders/1", "/orders/*"],
  [["/orders/*"], "/orders", "/orders/*"],
  [["/orders/*"], "/orders/1/items", undefined],
  [["/orders/**"], "/orders/1/items", "/orders/**"],
  [["/*"], "/orders", "/*"],
  [["/*"], "/orders/1", undefined],
  [["/ord*s/x"], "/orders/x", "/ord*s/x"],
  [["/ord*s/x"], "/order/x", undefined],
  [["/a*b*c"], "/aXbYbZc", "/a*b*c"],
  [["/shop.Shop/*"], "/shop.Shop/Buy", "/shop.Shop/*"],
  [["/orders/1", "/orders/*"], "/orders/1", "/orders/1"],
  [["/orders/*", "/orders/1"], "/orders/1", "/orders/*"],
] as const)("of %j, %s is what %s is told", (paths, asked, found) => {
  expect(findIn(paths, asked)).toBe(found);
});

test("a pattern with many wildcards takes no longer than its length times the text's", () => {
  expect(findIn([`/${"*a".repeat(50)}b`], `/${"a".repeat(20_000)}`)).toBeUndefined();
});
