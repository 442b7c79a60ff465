import { eventually } from "@mecha/conformance";
import { expect, test } from "vitest";
import { kill, openRuntime, patience, sharedFolder, startProcess } from "./killed-actors.js";

test(
  "when the process that runs the jobs is killed, another one goes on: no time is missed, none comes to both",
  patience,
  async () => {
    const folder = await sharedFolder();
    const child = await startProcess(folder);
    const heard: string[] = [];
    child.on("message", (name: string) => heard.push(`child ${name}`));
    const { runtime, mecha } = await openRuntime(folder);
    await runtime.attachApp({
      job: async ({ name }) => {
        heard.push(`own ${name}`);
        return {};
      },
    });
    await mecha.jobs().schedule("tick", { schedule: { everyMs: 40 }, repeats: 25 });
    await eventually("the process that was first gets some", async () => heard.length >= 5);
    expect(heard.every((line) => line === "child tick")).toBe(true);
    await kill(child);

    await eventually("the job has come for the last time", async () => (await mecha.jobs().get("tick")) === undefined);
    // What was being delivered when the process died is delivered again.
    expect(heard.length - 25).toBeGreaterThanOrEqual(0);
    expect(heard.length - 25).toBeLessThanOrEqual(1);
    expect(heard.at(-1)).toBe("own tick");
  },
);
