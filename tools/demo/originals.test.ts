import { randomUUID } from "node:crypto";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTopic, freePortFamily } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAppClient } from "./app-client.js";
import { type RunningApp, startApp } from "./app-processes.js";
import { readDemoData } from "./demo-data.js";
import { drive } from "./drive.js";
import { expectedOf } from "./expected.js";
import { installOriginals } from "./install-originals.js";
import { originalsEnvironment } from "./originals-environment.js";

const example = join(import.meta.dirname, "../../examples/saas-orders");
const dataFolder = join(example, "data");
const installMs = 200_000;
const runMs = 240_000;

describeWith(["redis", "nacos", "rocketmq"], "the example with the original packages on real servers", (on) => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "saas-orders-originals-"));
    await mkdir(join(folder, "home"));
    await mkdir(join(folder, "app"));
    await installOriginals(example, join(folder, "app"));
  }, installMs);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Each run has an environment of its own on the shared servers. */
  async function start(overrides: Readonly<Record<string, string>> = {}): Promise<RunningApp> {
    const environment = `originals-${randomUUID().slice(0, 8)}`;
    await createTopic(on.rocketmq, `${environment}%order-created`);
    const port = await freePortFamily([0, 1, 2, 3]);
    return startApp({
      folder: join(folder, "app"),
      logFile: join(folder, `${environment}.log`),
      ports: { orders: port, inventory: port + 1 },
      env: {
        ...originalsEnvironment({
          redis: on.redis.address,
          rocketmq: on.rocketmq.nameServer,
          nacos: on.nacos.address,
          environment,
          home: join(folder, "home"),
          ports: { stockService: port + 2, clusterClient: port + 3 },
        }),
        ...overrides,
      },
    });
  }

  it(
    "comes to the calculated result",
    async () => {
      await using app = await start();
      const { ordersUrl, inventoryUrl, signal } = app;
      const run = await drive({ ordersUrl, inventoryUrl, dataFolder, signal });
      const expected = expectedOf(await readDemoData(dataFolder));
      expect(run.document).toEqual(expected.document);
      expect(run.result).toBe(expected.result);
      expect(run.messages).toMatchObject({
        sent: expected.messages.sent,
        delivered: expected.messages.delivered.length,
        lost: 0,
      });
      expect(run.messages.redelivered).toBeGreaterThanOrEqual(1);
      expect(run.rpcCalls["reserve"]).toBeGreaterThanOrEqual(run.orders.total);
    },
    runMs,
  );

  it(
    "comes to the calculated result when a worker and the inventory are killed in the middle",
    async () => {
      const limit = 1200;
      await using app = await start();
      const { ordersUrl, inventoryUrl, signal } = app;
      const killed: Promise<number>[] = [];
      let restarted: Promise<void> | undefined;
      const onOrdersDone = (count: number): void => {
        if (count === 200 || count === 800) killed.push(app.killWorker());
        if (count === 500) restarted = app.restartInventory();
      };
      const run = await drive({ ordersUrl, inventoryUrl, dataFolder, limit, signal, hooks: { onOrdersDone } });
      await restarted;
      const killedPids = await Promise.all(killed);
      const expected = expectedOf(await readDemoData(dataFolder, limit));
      expect(restarted).toBeDefined();
      expect(killedPids).toHaveLength(2);
      expect(run.document).toEqual(expected.document);
      expect(run.messages.delivered).toBe(expected.messages.delivered.length);
      expect(run.messages.lost).toBe(0);
      expect(run.workers.map((worker) => worker.revision)).toEqual([2, 2]);
      for (const pid of killedPids) expect(run.workers.map((worker) => worker.pid)).not.toContain(pid);
    },
    runMs,
  );

  it("counts an order once, however many requests for it come at the same time", async () => {
    await using app = await start();
    const { ordersUrl, inventoryUrl, signal } = app;
    const client = createAppClient({ ordersUrl, inventoryUrl, concurrency: 30, answerTimeoutMs: 20_000, signal });
    const order = { id: "again", sku: "SKU-001", quantity: 3, customer: "C-1" };
    const replies = await Promise.all(Array.from({ length: 30 }, () => client.place(order)));
    const report = await client.ordersReport();
    client.close();
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(report.counts).toEqual({ accepted: 1, refused: 0, pieces: 3, announced: 1 });
    expect(report.leaderboard).toEqual([{ customer: "C-1", cents: replies[0]?.priceCents }]);
  });

  it("ends and says why when Redis is down", async () => {
    const nobody = await freePortFamily([0]);
    await expect(start({ REDIS_PORT: String(nobody) })).rejects.toThrow(/server\.js ended with 1:[^]*ECONNREFUSED/u);
  });
});
