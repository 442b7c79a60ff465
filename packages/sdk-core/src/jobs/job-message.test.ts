import { expect, it } from "vitest";
import { Value } from "../generated/google/protobuf/struct.js";
import { fromJobMessage, toJobMessage } from "./job-message.js";
import type { JobOptions, JobSchedule } from "./job-options.js";

it.each<[JobSchedule, string]>([
  ["@daily", "@daily"],
  [{ everyMs: 1500 }, "@every 1500ms"],
  [{ hour: 3 }, "0 0 3 * * *"],
  [{ minute: 30 }, "0 30 * * * *"],
  [{ second: "*/5" }, "*/5 * * * * *"],
  [{ dayOfMonth: 1, hour: 3, minute: 15 }, "0 15 3 1 * *"],
  [{ month: "jan" }, "0 0 0 1 jan *"],
  [{ dayOfWeek: "mon-fri" }, "0 0 0 * * mon-fri"],
  [{ dayOfWeek: "mon-fri", hour: 9, minute: 30 }, "0 30 9 * * mon-fri"],
  [{ month: 12, dayOfWeek: 0 }, "0 0 0 * 12 0"],
])("writes the schedule %j as %s", (schedule, text) => {
  expect(toJobMessage("j", { schedule }).schedule).toBe(text);
});

it("writes times from now and by the clock", () => {
  expect(toJobMessage("j", { dueInMs: 1500, ttlMs: 60_000 })).toMatchObject({ dueTime: "1500ms", ttl: "60000ms" });
  const at = new Date("2030-01-02T03:04:05.678Z");
  const { dueTime, ttl } = toJobMessage("j", { dueAt: at, expiresAt: at });
  expect([dueTime, ttl]).toEqual(["2030-01-02T03:04:05.678Z", "2030-01-02T03:04:05.678Z"]);
});

it.each<[JobOptions, RegExp]>([
  [{ dueInMs: 1, dueAt: new Date() }, /both dueInMs and dueAt/],
  [{ ttlMs: 1, expiresAt: new Date() }, /both ttlMs and expiresAt/],
  [{ dueInMs: -1 }, /0 or more/],
  [{ dueAt: new Date(Number.NaN) }, /invalid date/],
  [{ schedule: { everyMs: 0 } }, /above 0/],
  [{ schedule: {} }, /without a field/],
  [{ dueInMs: 1, repeats: 0 }, /1 or more/],
  [{ dueInMs: 1, data: () => 1 }, /cannot be written as JSON/],
])("refuses %j", (options, message) => {
  expect(() => toJobMessage("j", options)).toThrow(message);
});

it("reads data that was scheduled over HTTP as JSON, and other bytes as they are", () => {
  const value = Buffer.from(Value.encode(Value.wrap({ a: [1] })).finish());
  const job = fromJobMessage({ name: "j", data: { typeUrl: "type.googleapis.com/google.protobuf.Value", value } });
  expect(job.json()).toEqual({ a: [1] });
  expect([...fromJobMessage({ name: "j", data: { typeUrl: "", value: Buffer.from([255]) } }).bytes]).toEqual([255]);
});
