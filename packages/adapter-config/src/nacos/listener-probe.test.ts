import { describe, expect, it } from "vitest";
import { formatChanged, md5Of, parseProbe } from "./listener-probe.js";

describe("the listener's format", () => {
  it("reads lines with and without a namespace, and an unknown MD5", () => {
    expect(parseProbe("a\u0002G\u0002abc\u0001b\u0002G\u0002\u0002staging\u0001")).toEqual([
      { dataId: "a", group: "G", md5: "abc", namespace: undefined },
      { dataId: "b", group: "G", md5: "", namespace: "staging" },
    ]);
    expect(parseProbe("")).toEqual([]);
  });

  it("writes the changed items as Nacos does, and nothing for none", () => {
    expect(formatChanged([{ dataId: "a", group: "G" }])).toBe("a%02G%01");
    expect(formatChanged([{ dataId: "a", group: "G", namespace: "staging" }])).toBe("a%02G%02staging%01");
    expect(formatChanged([])).toBe("");
  });

  it("has an empty MD5 for an absent item only", () => {
    expect(md5Of(undefined)).toBe("");
    expect(md5Of("")).toBe("d41d8cd98f00b204e9800998ecf8427e");
    expect(md5Of("价格")).toBe("0e9fd9896867f16a2ac5e8256f279b0e");
  });
});
