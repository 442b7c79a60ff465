import { describe, expect, it } from "vitest";
import { fullCommandName, isCommandContainer, readCommandRules } from "./command-rules.js";

/** The names among some that rules allow. */
const allowed = (text: string, names: string): string =>
  names
    .split(" ")
    .filter((name) => readCommandRules(text, "cache")(name))
    .join(" ");

describe("readCommandRules", () => {
  it("denies what concerns everybody, as long as no word says otherwise", () => {
    const names = "get flushall flushdb config|get config|set acl|whoami debug|sleep shutdown module|list eval";
    expect(allowed("", names)).toBe("get flushdb config|get eval");
    expect(allowed("+flushall, +config|set", names)).toBe("get flushall flushdb config|get config|set eval");
  });

  it("lets the last word that fits count, a container's name for all of its subcommands", () => {
    expect(allowed("-config +config|get", "config|get config|help")).toBe("config|get");
    expect(allowed("+config|get -config", "config|get config|help")).toBe("");
    expect(allowed("-* +get", "get set")).toBe("get");
  });

  it("keeps what sets a connection up under -*, but not under its own name", () => {
    expect(allowed("-* +get", "hello client|setname select info ping multi exec client|list")).toBe(
      "hello client|setname select info ping multi exec",
    );
    expect(allowed("-* -info -select", "hello info select")).toBe("hello");
  });

  it.each(["get", "+", "-*get", "+get;set"])("refuses the word %s by name", (word) => {
    expect(() => readCommandRules(word, "cache")).toThrow(expect.objectContaining({ code: "CONFIGURATION_INVALID" }));
  });
});

describe("fullCommandName", () => {
  it("has the first argument of a container, in lower case", () => {
    expect(fullCommandName("CONFIG", "SET")).toBe("config|set");
    expect(fullCommandName("Config", undefined)).toBe("config");
    expect(fullCommandName("GET", "Key")).toBe("get");
    expect([isCommandContainer("xinfo"), isCommandContainer("hset")]).toEqual([true, false]);
  });
});
