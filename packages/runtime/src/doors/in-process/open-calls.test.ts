import { expect, test } from "vitest";
import { Deadlines } from "@mecha/sdk-core/protocol";
import { InProcessCall } from "./call.js";
import { OpenCalls } from "./open-calls.js";

test("calls end in any order, and those that have not are there", () => {
  const open = new OpenCalls();
  const calls = [0, 1, 2, 3, 4].map(() => new InProcessCall({}, new Deadlines()));
  for (const call of calls) open.add(call);
  for (const index of [1, 4, 0]) open.delete(calls[index]!);
  expect(open.size).toBe(2);
  expect(new Set(open.all())).toEqual(new Set([calls[2], calls[3]]));
  open.delete(calls[0]!);
  open.delete(calls[3]!);
  open.delete(calls[2]!);
  expect(open.all()).toEqual([]);
});
