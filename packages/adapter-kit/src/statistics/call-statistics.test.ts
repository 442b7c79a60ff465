import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallReport } from "./call-statistics.js";
import { LatencyHistogram } from "./latency-histogram.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mecha-reports-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a process that counts and exits. */
function run(reports: string, ending = "") {
  const program = join(import.meta.dirname, "../../test/counting-process.ts");
  return spawnSync(process.execPath, ["--conditions=@mecha/source", "--import", "tsx", program, ending], {
    cwd: join(import.meta.dirname, "../.."),
    encoding: "utf8",
    env: { ...process.env, MECHA_CALL_REPORTS: reports, APP_ID: "my/app" },
  });
}

const reportsIn = (path: string) =>
  readdirSync(path).map((file) => JSON.parse(readFileSync(join(path, file), "utf8")) as CallReport);

describe("the report of a process", () => {
  it("is there when it has ended: in order, by process.exit(), by an uncaught error", () => {
    for (const ending of ["", "exit", "throw"]) run(join(folder, "reports"), ending);
    const reports = reportsIn(join(folder, "reports"));
    expect(reports).toHaveLength(3);
    for (const report of reports) {
      expect(report).toMatchObject({
        formatVersion: 1,
        appId: "my/app",
        calls: [
          { adapter: "mq", component: "events", type: "pubsub.x", backend: "b", operations: { send: 2, deliver: 1 } },
        ],
      });
    }
  });

  it("never ends the app: where it cannot be written, a warning says so once", () => {
    writeFileSync(join(folder, "file"), "");
    const { status, stderr } = run(join(folder, "file"));
    expect(status).toBe(0);
    expect(stderr.match(/Calls are no longer reported/g)).toHaveLength(1);
  });
});

describe("a histogram of durations", () => {
  it("gives percentiles to within a bucket, also of several processes together", () => {
    const histogram = new LatencyHistogram();
    expect(histogram.percentile(0.5)).toBe(0);
    for (let duration = 1; duration <= 1_000; duration++) histogram.record(duration);
    const other = new LatencyHistogram();
    other.add(histogram.toJSON());
    for (const share of [0.5, 0.99, 1]) {
      expect(Math.abs(other.percentile(share) / (share * 1_000) - 1)).toBeLessThan(0.06);
    }
    histogram.record(0);
    expect(histogram.percentile(0)).toBe(1);
  });
});
