import { join } from "node:path";
import { eventually, startProgram, type ProgramUnderTest } from "@mecha/conformance";
import { expect, onTestFinished, test } from "vitest";
import { component, resourcesFolder } from "./resources.js";

const root = join(import.meta.dirname, "..");

async function startApp(role: "publish" | "consume", folder: string): Promise<ProgramUnderTest> {
  const program = join(import.meta.dirname, "killed-app.ts");
  const environment = { MECHA_RUNTIME_DIR: folder, MECHA_NAMESPACE: folder };
  const app = startProgram({ program, args: [role, folder], cwd: root, environment });
  onTestFinished(() => app.kill());
  await app.ready;
  return app;
}

test("an app that is killed in the middle of handlers loses no event", { timeout: 180_000 }, async () => {
  const folder = await resourcesFolder();
  const events = component("events", "pubsub.sqlite", { connectionString: join(folder, "events.db") });
  const resources = await resourcesFolder(events);
  const victim = await startApp("publish", resources);
  await victim.said("hangs ");
  await victim.kill();
  const done = (app: ProgramUnderTest): string[] => app.lines.filter((line) => line.startsWith("done "));
  expect(done(victim)).toHaveLength(1);

  const other = await startApp("consume", resources);
  await eventually("the rest came", async () => new Set([...done(victim), ...done(other)]).size === 10, 120_000);
});
