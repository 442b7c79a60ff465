import { describeWith } from "@mecha/engines/vitest";
import { expect, test } from "vitest";
import { runOutage } from "./outage/run-outage.js";

describeWith(["daprd", "redis"], "an app whose sidecar is killed and restarted under load", () => {
  test("gets every event at least once whose publish resolved, and fails by errors of Mecha only", {
    timeout: 180_000,
  }, async () => {
    const { report, kills } = await runOutage({ seconds: 16, killEverySeconds: 8, sampleAt: [] });
    expect(kills).toBe(2);
    expect(report).toMatchObject({ missing: [], unhandled: [] });
    expect(report.resolved).toBeGreaterThan(200);
    expect(report.thrown).toBeGreaterThan(0);
    expect(report.streamErrors).toBeGreaterThanOrEqual(kills);
    expect(report.failures).not.toHaveProperty("foreign");
    expect(Math.abs(report.handlesAtEnd - report.handlesAtStart)).toBeLessThanOrEqual(2);
  });
});
