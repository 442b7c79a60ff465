import { describe, expect, it } from "vitest";
import { keyOf, writeMetadata } from "./config-item.js";

describe("the key of an item", () => {
  it.each([undefined, "", "public"])("leaves out the namespace %j, which is the component's own", (namespace) => {
    expect(keyOf({ dataId: "rules", group: "G", namespace })).toBe("G/rules");
    expect(writeMetadata({ dataId: "rules", group: "G", namespace })).toEqual({
      fileName: "G/rules",
      group: "G",
      dataId: "rules",
      encoding: "base64",
    });
  });

  it("begins with any other namespace", () => {
    expect(keyOf({ dataId: "rules", group: "G", namespace: "staging" })).toBe("staging/G/rules");
    expect(writeMetadata({ dataId: "rules", group: "G", namespace: "staging" })).toMatchObject({
      fileName: "staging/G/rules",
      tenant: "staging",
    });
  });
});

describe("the metadata of a write", () => {
  it("passes on type and app name where they are given", () => {
    const metadata = writeMetadata({ dataId: "rules", group: "G" }, { type: "json", appName: "orders" });
    expect(metadata).toMatchObject({ type: "json", appName: "orders" });
    expect(writeMetadata({ dataId: "rules", group: "G" })).not.toHaveProperty("type");
  });

  it.each([
    ["..", "%2E."],
    [".hidden", "%2Ehidden"],
    ["a/b", "a%2Fb"],
    ["价格", "%E4%BB%B7%E6%A0%BC"],
    ["it's (1)", "it%27s%20%281%29"],
    ["com.acme:a_b-C.9", "com.acme:a_b-C.9"],
  ])("names the file for %s %s, and the item as it is", (part, fileName) => {
    expect(writeMetadata({ dataId: part, group: "G" })).toMatchObject({ fileName: `G/${fileName}`, dataId: part });
  });
});
