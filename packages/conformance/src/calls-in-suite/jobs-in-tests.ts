import { daprMethods, jobs } from "@mecha/sdk-core/protocol";
import { uniqueName } from "../dapr-api-suite/fixture.js";
import type { TestFunctions } from "../test-functions.js";
import type { CallsInPart, CallsInRun } from "./calls-in.js";
import { Handled } from "./handled.js";

/** Jobs: the runtime calls the app when one is due. */
export function jobsIn({ describe, it, expect }: TestFunctions, run: CallsInRun): CallsInPart {
  const [name, failing] = [uniqueName("job"), uniqueName("failing-job")];
  const events = new Handled<unknown>();
  const attempts = new Handled<string>();
  return {
    register(host) {
      if (run.jobs !== true) return;
      host.onJob(name, ({ json }) => void events.add(json<unknown>()));
      host.onJob(failing, () => {
        if (attempts.add("attempt") === 1) throw new Error("not yet");
      });
    },
    tests: (target) => {
      if (run.jobs !== true) return;
      const schedule = (job: string) =>
        target().mecha.transport.unary(
          daprMethods.scheduleJobAlpha1,
          jobs.ScheduleJobRequest.fromPartial({
            job: {
              name: job,
              dueTime: "1s",
              data: { typeUrl: "type.googleapis.com/mecha.Json", value: Buffer.from('{"n":1}') },
            },
          }),
        );
      describe("jobs", () => {
        it("bring what was scheduled", async () => {
          await schedule(name);
          expect(await events.until("the job came", (seen) => seen.length > 0)).toEqual([{ n: 1 }]);
        });

        it("come again when their handler failed", async () => {
          await schedule(failing);
          await attempts.until("the job came again", (seen) => seen.length >= 2);
        });
      });
    },
  };
}
