import { expect, it } from "vitest";
import { compare } from "./row.js";

const rounds = [
  { drop: { ops: 80, cpu: 12 }, plain: { ops: 100, cpu: 10 } },
  { drop: { ops: 95, cpu: 11 }, plain: { ops: 100, cpu: 10 } },
  { drop: { ops: 850, cpu: 130 }, plain: { ops: 1000, cpu: 100 } },
];
const sides = { op: "GET", ours: "drop", peer: "plain", peerName: "plain 1.0" } as const;

it("gives a row a metric, without a goal where none is set", () => {
  expect(compare(rounds, { ...sides, metrics: ["ops", "cpu"], goals: { ops: ">=0.85" } })).toEqual([
    { op: "GET", metric: "ops", ours: 95, peer: 100, peerName: "plain 1.0", ratio: 0.85, goal: ">=0.85", met: true },
    { op: "GET", metric: "cpu", ours: 12, peer: 10, peerName: "plain 1.0", ratio: 1.2, goal: null, met: null },
  ]);
});

it("says that a goal is missed, also where rounding would hide it", () => {
  const close = [{ drop: { ops: 89_999 }, plain: { ops: 100_000 } }];
  const [row] = compare(close, { ...sides, metrics: ["ops"], goals: { ops: ">=0.9" } });
  expect(row).toMatchObject({ ratio: 0.9, met: false });
});
