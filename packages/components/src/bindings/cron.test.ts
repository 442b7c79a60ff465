import { bindingSuite } from "@mecha/conformance";
import type { BindingEvent } from "@mecha/spec";
import { describe, expect, it, onTestFinished } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./cron.js";
import { parseSchedule } from "./cron/schedule.js";

const open = async (schedule: string) => {
  const binding = await component.create(testContext("bindings.cron", { schedule }));
  onTestFinished(async () => binding.close?.());
  return binding;
};

/** Reads until enough events came; the first call fails if that is wanted. */
async function read(schedule: string, count: number, failsFirst = false): Promise<readonly BindingEvent[]> {
  const events: BindingEvent[] = [];
  const binding = await open(schedule);
  await new Promise<void>((resolve, reject) => {
    binding
      .read(async (event) => {
        if (events.push(event) >= count) resolve();
        if (failsFirst && events.length === 1) throw new Error("not yet");
        return new Uint8Array();
      })
      .catch(reject);
  });
  return events;
}

describe("bindings.cron", () => {
  bindingSuite({ describe, it }, () => component.create(testContext("bindings.cron", { schedule: "@every 20ms" })), {
    input: true,
  });
});

it("calls after equal spans, without data, and says when; a call that fails stops nothing", async () => {
  const [first, second] = await read("@every 20ms", 3, true);
  expect(first?.data).toHaveLength(0);
  expect(first?.metadata["readTimeUTC"]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC$/);
  expect(Date.parse(timeOf(second)) - Date.parse(timeOf(first))).toBeGreaterThanOrEqual(15);
});

it("calls at the times of a calendar", async () => {
  const [event] = await read("* * * * * *", 1);
  expect(event?.metadata["timeZone"]).toBe("Local");
});

it("does not hold up the next call for one that lasts, and waits for it at the end", async () => {
  const binding = await open("@every 10ms");
  let release = (): void => undefined;
  const lasting = new Promise<void>((resolve) => (release = resolve));
  let calls = 0;
  let isDone = false;
  const second = new Promise<void>((resolve) => {
    void binding.read(async () => {
      if (++calls === 2) resolve();
      await lasting;
      isDone = true;
      return new Uint8Array();
    });
  });
  await second;
  const closing = binding.close?.();
  expect(isDone).toBe(false);
  release();
  await closing;
  expect(isDone).toBe(true);
});

it.each([
  "15 * * * * *",
  "0 30 * * * *",
  "30 4 1,15 * 5",
  "*/5 9-17 * * MON-FRI",
  "5/20 * * * * ?",
  "@hourly",
  "@midnight",
  "@every 1h30m",
  "0 0 31 2 *",
  "*/100 1,2, * * sun-TUE/2",
  "CRON_TZ=Europe/Paris 0 6 * * *",
  "TZ=UTC @daily",
])("takes the schedule %s", (text) => {
  expect(parseSchedule(text)).toBeDefined();
});

it.each([
  ...["* * *", "* * * * * * *", "61 * * * *", "* * * * 7", "0 0 L * *", "5-1 * * * *", "*/0 * * * *", "1-2-3 * * * *"],
  ...[
    "1/2/3 * * * *",
    "x * * * *",
    ", * * * *",
    "@often",
    "@Daily",
    "@every soon",
    "@every -1s",
    "TZ=Nowhere/Land @daily",
  ],
])("refuses the schedule %s", async (text) => {
  await expect(open(text)).rejects.toMatchObject({ code: "CONFIGURATION_INVALID", metadata: { key: "schedule" } });
});

function timeOf(event: BindingEvent | undefined): string {
  return (event?.metadata["readTimeUTC"] ?? "").replace(" +0000 UTC", "Z");
}
