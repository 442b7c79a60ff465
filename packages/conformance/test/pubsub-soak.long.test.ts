import { describeWith } from "@mecha/engines/vitest";
import { expect, test } from "vitest";
import { runOutage } from "./outage/run-outage.js";

/** Set to try the test itself; the heap is then measured as often, after less time. */
const minutes = Number(process.env["MECHA_SOAK_MINUTES"] ?? "15");

describeWith(["daprd", "redis"], `${minutes} minutes under load, the sidecar killed and restarted every minute`, () => {
  test("lose no event, leave nothing behind, and need no more memory", {
    timeout: (minutes + 4) * 60_000,
  }, async () => {
    const seconds = minutes * 60;
    const killEverySeconds = Math.min(60, seconds / 5);
    const sampleAt = [1, 2, 3].map((third) => (third * seconds) / 3 - 2);
    const { report, kills } = await runOutage({ seconds, killEverySeconds, sampleAt });
    process.stdout.write(`${JSON.stringify({ kills, ...report }, undefined, 2)}\n`);
    expect(kills).toBeGreaterThanOrEqual(5);
    expect(report).toMatchObject({ missing: [], unhandled: [] });
    expect(report.resolved).toBeGreaterThan(seconds * 10);
    expect(report.failures).not.toHaveProperty("foreign");
    const heaps = report.samples.map(({ heapBytes }) => heapBytes);
    expect(heaps).toHaveLength(3);
    expect(Math.max(...heaps) / Math.min(...heaps)).toBeLessThanOrEqual(1.1);
    expect(Math.abs(report.handlesAtEnd - report.handlesAtStart)).toBeLessThanOrEqual(2);
  });
});
