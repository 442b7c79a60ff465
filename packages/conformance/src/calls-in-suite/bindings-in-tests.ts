import type { BindingEvent } from "@mecha/sdk-core";
import type { TestFunctions } from "../test-functions.js";
import type { CallsInPart, CallsInRun } from "./calls-in.js";
import { Handled } from "./handled.js";

/** Input bindings: a schedule calls the app. */
export function bindingsIn({ describe, it, expect }: TestFunctions, { components }: CallsInRun): CallsInPart {
  const { schedule } = components;
  const events = new Handled<BindingEvent>();
  return {
    register(host) {
      if (schedule === undefined) return;
      host.onBinding(schedule, (event) => {
        // The first fails: the binding goes on all the same.
        if (events.add(event) === 1) throw new Error("not yet");
        return { seen: events.all.length };
      });
    },
    tests: () => {
      if (schedule === undefined) return;
      describe("input bindings", () => {
        it("bring their events, also after one whose handler failed", async () => {
          const [first] = await events.until("the schedule came twice", (seen) => seen.length >= 2);
          expect(first?.name).toBe(schedule);
          expect(first?.bytes).toBeInstanceOf(Uint8Array);
          expect(Object.keys(first?.metadata ?? {}).map((key) => key.toLowerCase())).toContain("readtimeutc");
        });
      });
    },
  };
}
