import { describe, expect, it } from "vitest";
import { coversPattern, matchesPattern } from "./pattern.js";
import { findUnreachable, matchesRule, type Match } from "./rule.js";

describe("a pattern", () => {
  it.each([
    ["*", "", true],
    ["*", "a.b", true],
    ["a.b", "a.b", true],
    ["a.b", "axb", false],
    ["a*", "ba", false],
    ["*b*", "abc", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["a**", "a", true],
    ["", "", true],
    ["", "a", false],
    ["A", "a", false],
    ["a\n*", "a\nb", true],
  ])("%j fits %j: %s", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it("takes no long time, however many stars it has", () => {
    const start = performance.now();
    expect(matchesPattern(`${"a*".repeat(50)}b`, "a".repeat(5_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it.each([
    ["*", "a*", true],
    ["a*", "ab*", true],
    ["a*", "*", false],
    ["a*c", "ab*c", true],
    ["ab", "a*", false],
  ])("%j covers %j: %s", (general, specific, expected) => {
    expect(coversPattern(general, specific)).toBe(expected);
  });
});

describe("a rule", () => {
  const rule = (match: Match) => ({ match, target: {}, origin: JSON.stringify(match) });

  it("fits if all of its patterns do; what the legacy code did not say fits only a star", () => {
    expect(matchesRule(rule({ host: "tair-*", db: 0 }), { host: "tair-1", db: 0 })).toBe(true);
    expect(matchesRule(rule({ host: "tair-*", db: 0 }), { host: "tair-1", db: 1 })).toBe(false);
    expect(matchesRule(rule({ host: "*" }), {})).toBe(true);
    expect(matchesRule(rule({ host: "a*" }), { host: undefined })).toBe(false);
    expect(matchesRule(rule({}), { anything: 1 })).toBe(true);
  });

  it("is unreachable behind one that takes all it would", () => {
    const unreachable = (...matches: Match[]) => findUnreachable(matches.map(rule))?.rule.match;
    expect(unreachable({ topic: "a" }, { topic: "a*" }, { topic: "*" })).toBeUndefined();
    expect(unreachable({}, { topic: "a" })).toEqual({ topic: "a" });
    expect(unreachable({ topic: "a*", group: "g" }, { topic: "ab" })).toBeUndefined();
    expect(unreachable({ topic: "a*" }, { topic: "ab", group: "g" })).toEqual({ topic: "ab", group: "g" });
  });
});
