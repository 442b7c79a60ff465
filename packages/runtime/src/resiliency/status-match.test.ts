import { expect, test } from "vitest";
import { matchesStatus, parseStatuses, statusBounds } from "./status-match.js";

test("lists of statuses have single ones and ranges", () => {
  expect(parseStatuses("429,500-599,", statusBounds.http)).toEqual([
    { from: 429, to: 429 },
    { from: 500, to: 599 },
  ]);
  expect(parseStatuses("", statusBounds.grpc)).toBeUndefined();
});

test.each(["5xx", "500-", "1-2-3", "600", "99", "500-400", "500 - 501", "-1"])(
  "%s is no list of HTTP statuses",
  (text) => {
    expect(parseStatuses(text, statusBounds.http)).toMatchObject({
      problem: expect.stringContaining("no status") as unknown,
    });
  },
);

test("a status is matched against the list of its protocol, and an absent list has all", () => {
  const matching = { http: [{ from: 500, to: 599 }], grpc: undefined };
  expect([503, 404, 14, 0].map((status) => matchesStatus(matching, status))).toEqual([true, false, true, true]);
  expect(matchesStatus({ http: undefined, grpc: [] }, 14)).toBe(false);
  expect(matchesStatus({ http: undefined, grpc: undefined }, 700)).toBe(false);
});
