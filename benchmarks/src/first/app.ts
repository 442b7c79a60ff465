import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createTopic, freePortFamily } from "@mecha/engines";
import { type AppOptions, startApp } from "../../../tools/demo/app-processes.js";
import { drive } from "../../../tools/demo/drive.js";
import { exampleFolder } from "../../../tools/demo/install-packed.js";
import { originalsEnvironment } from "../../../tools/demo/originals-environment.js";
import { layOutRun } from "../../../tools/demo/run-folder.js";
import { type Figures, measureRounds } from "../rounds.js";
import { compare, type Row } from "../row.js";
import { componentFolders, ourPlace } from "./our-environment.js";
import { type PartRun } from "./part.js";

const shownCharacters = 3000;

/** Orders per second of the example app: on Mecha's open-source components, on the originals, on Mecha's laptop components. */
export async function measureApp(run: PartRun): Promise<readonly Row[]> {
  const { pairs, report } = run;
  // The broker compiles itself while it serves its first thousands of messages: who comes first would pay for all.
  report("all orders of the example once, uncounted, so that the servers are warm for every side");
  await runOriginals(run);
  const rounds = await measureRounds(
    {
      openSource: () => runOurs(run, componentFolders.openSource),
      originals: () => runOriginals(run),
      laptop: () => runOurs(run, componentFolders.laptop),
    },
    pairs,
    (side, round) => {
      report(`all orders of the example, round ${round + 1}: ${side} done`);
    },
  );
  const shared = { peer: "originals", peerName: "the original clients on the same servers", metrics: ["ops"] } as const;
  return [
    ...compare(rounds, {
      op: "orders, on components/open-source",
      ours: "openSource",
      goals: { ops: ">=0.9" },
      ...shared,
    }),
    ...compare(rounds, { op: "orders, on components/laptop", ours: "laptop", ...shared }),
  ];
}

async function runOurs(run: PartRun, components: string): Promise<Figures<"ops">> {
  const { env } = await ourPlace(run, components);
  return runApp(run, run.installed.ours, (folder, environment) => ({
    env: { ...env, MECHA_NAMESPACE: folder, ACME_ENV: environment },
    serviceEnv: { orders: { APP_ID: "orders" }, inventory: { APP_ID: "inventory" } },
  }));
}

async function runOriginals(run: PartRun): Promise<Figures<"ops">> {
  const { redis, rocketmq, nacos } = run.servers;
  const [stockService, clusterClient] = [await freePortFamily([0]), await freePortFamily([0])];
  return runApp(run, run.installed.originals, (folder, environment) => ({
    env: originalsEnvironment({
      redis,
      rocketmq,
      nacos,
      environment,
      home: folder,
      ports: { stockService, clusterClient },
    }),
  }));
}

/** Runs the app's processes from their start to the last delivery; what is measured lies between. */
async function runApp(
  { servers }: PartRun,
  installation: string,
  settingOf: (folder: string, environment: string) => Pick<AppOptions, "env" | "serviceEnv">,
): Promise<Figures<"ops">> {
  const environment = `bench-${randomUUID().slice(0, 8)}`;
  await createTopic({ nameServer: servers.rocketmq }, `${environment}%order-created`);
  await using folder = await layOutRun(installation);
  try {
    const port = await freePortFamily([0, 1]);
    await using app = await startApp({
      folder: folder.app,
      logFile: folder.logFile,
      ports: { orders: port, inventory: port + 1 },
      ...settingOf(folder.app, environment),
    });
    const { ordersUrl, inventoryUrl, signal } = app;
    const dataFolder = join(exampleFolder, "data");
    const { ordersPerSecond, messages } = await drive({
      ordersUrl,
      inventoryUrl,
      dataFolder,
      signal,
    });
    if (messages.lost > 0)
      throw new Error(`${messages.lost} of ${messages.sent} messages were lost: there is nothing to compare`);
    return { ops: ordersPerSecond };
  } catch (cause) {
    const log = await readFile(folder.logFile, "utf8").catch(() => "");
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${message}\nThe app's log ends with:\n${log.slice(-shownCharacters)}`, { cause });
  }
}
