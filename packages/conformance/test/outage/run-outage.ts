import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startDaprd, startRedis, type DaprdEngine } from "@mecha/engines";
import { startProgram } from "../../src/program-under-test.js";
import { writeDaprdResources } from "../daprd/daprd-resources.js";
import type { OutagePlan, OutageReport } from "./outage-report.js";

/** How long and how hard. */
export interface OutageOptions {
  readonly seconds: number;
  /** The sidecar is killed in the middle of each of these. */
  readonly killEverySeconds: number;
  readonly sampleAt: readonly number[];
}

/** What a run was like. */
export interface Outage {
  readonly report: OutageReport;
  readonly kills: number;
}

/** Time for what comes after the load: deliveries, the end of the app. */
const afterwardsMs = 120_000;

/**
 * Runs an app under load in a process of its own, beside a real sidecar on a Redis of their own; kills the sidecar again and again
 * and starts it anew on the same port.
 */
export async function runOutage({ seconds, killEverySeconds, sampleAt }: OutageOptions): Promise<Outage> {
  const folder = await mkdtemp(join(tmpdir(), "mecha-outage-"));
  await using redis = await startRedis({});
  const resourcesFolder = await writeDaprdResources(folder, redis.address);
  const start = (port?: number): Promise<DaprdEngine> =>
    startDaprd({
      appId: "under-load",
      resourcesFolders: [resourcesFolder],
      logLevel: "error",
      ...(port !== undefined && { port }),
    });
  let sidecar = await start();
  const { grpcAddress: endpoint, httpPort } = sidecar;
  const plan: OutagePlan = {
    ...{ endpoint, pubsub: "events", topic: randomUUID(), store: "redis-store", seconds, sampleAt },
  };
  const app = startProgram({
    program: join(import.meta.dirname, "app-under-load.ts"),
    args: [JSON.stringify(plan)],
    cwd: join(import.meta.dirname, "../.."),
  });
  try {
    await app.ready;
    const begin = performance.now();
    let kills = 0;
    for (let at = killEverySeconds / 2; at < seconds - killEverySeconds / 4; at += killEverySeconds) {
      await delay(at * 1_000 - (performance.now() - begin));
      await sidecar.stop({ hard: true });
      sidecar = await start(httpPort);
      kills++;
    }
    const code = await app.exitWithin(seconds * 1_000 - (performance.now() - begin) + afterwardsMs);
    const line = app.lines.find((each) => each.startsWith("report "));
    if (line === undefined) throw new Error(`the app under load ended with ${code} and said nothing in the end`);
    // The app writes it as it is typed.
    return { report: JSON.parse(line.slice("report ".length)) as OutageReport, kills };
  } finally {
    await app.kill();
    await sidecar.stop({ hard: true });
    await rm(folder, { recursive: true, force: true });
  }
}
