import { expect, it } from "vitest";
import { formatTable } from "./format-table.js";

it("lays the rows out by peer, with the verdict on those that have a goal", () => {
  const table = formatTable([
    {
      op: "orders",
      metric: "ops",
      ours: 80,
      peer: 100,
      peerName: "the originals",
      ratio: 0.8,
      goal: ">=0.9",
      met: false,
    },
    { op: "GET", metric: "cpu", ours: 12, peer: 10, peerName: "ioredis", ratio: 1.2, goal: null, met: null },
  ]);
  expect(table.split("\n")).toEqual([
    "against the originals",
    "operation  metric  ours  peer  ratio  goal",
    "orders     ops     80    100   0.80   >=0.9  MISSED",
    "",
    "against ioredis",
    "operation  metric  ours  peer  ratio  goal",
    "GET        cpu     12    10    1.20",
  ]);
});
