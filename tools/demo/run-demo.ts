import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { freePortFamily } from "@mecha/engines";
import { changedFiles, hashAppFiles } from "./app-files.js";
import { startApp, type RunningApp } from "./app-processes.js";
import { type CallSummary, readCallReports } from "./call-reports.js";
import { type Check, equal } from "./check.js";
import { readDemoData } from "./demo-data.js";
import { type DemoOptions } from "./demo-options.js";
import { drive, type DriveResult } from "./drive.js";
import { expectedOf, type Expected } from "./expected.js";
import { exampleFolder, installPacked } from "./install-packed.js";
import { openDaprd } from "./daprd-place.js";
import { openLaptop } from "./laptop-place.js";
import { openOpenSource } from "./open-source-place.js";
import { countOf, type CountedRun, inEnvironment, type Place } from "./place.js";
import { layOutRun, type RunFolder } from "./run-folder.js";

/** What a run ends with; the members named in README.md are a contract with users. */
export interface DemoReport {
  readonly on: DemoOptions["on"];
  /** SHA-256 of the canonical result document. */
  readonly result: string;
  readonly orders: {
    readonly total: number;
    readonly accepted: number;
    readonly refused: number;
    readonly perSecond: number;
    readonly priceRuleChangedAt: string;
  };
  readonly messages: {
    readonly sent: number;
    readonly delivered: number;
    readonly redelivered: number;
    readonly lost: number;
  };
  readonly calls: readonly CallSummary[];
  /** Files of the installed app that are not as in the repository. */
  readonly appFilesChanged: number;
  readonly seconds: number;
  /** Everything that must hold; `ok` says whether all does. */
  readonly checks: readonly Check[];
  readonly ok: boolean;
}

/** How a run reports, and what tests do to it. */
export interface DemoHooks {
  readonly report: (line: string) => void;
  /** Called when the app runs in its folder, before the first order: tests break something here. */
  readonly onStarted?: (run: { readonly folder: string; readonly app: RunningApp }) => Promise<void> | void;
  /** Called with the folder before the app starts. */
  readonly onInstalled?: (folder: string) => Promise<void> | void;
  /** Called after each answered order. */
  readonly onOrdersDone?: (count: number) => void;
  /** How long deliveries are waited for. @defaultValue 120000 */
  readonly deliveryTimeoutMs?: number;
  /** Added to the environment of the app's processes. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the example at a place and checks what came out. Everything that is started ends with the call.
 *
 * @throws Error if the app does not start or stops answering; its message has the end of the log
 */
export async function runDemo(options: DemoOptions, hooks: DemoHooks): Promise<DemoReport> {
  const start = performance.now();
  const installed = await installPacked(hooks.report);
  await using run = await layOutRun(installed);
  const { app: folder } = run;
  await hooks.onInstalled?.(folder);
  const named = Object.keys(options.servers).length > 0;
  // On servers that others use, the app keeps to an environment of its own, as such apps do.
  const environment = named ? `demo-${randomUUID().slice(0, 8)}` : "";
  await using place = await openPlace(options, environment, hooks);
  const finished = await runAt(place, { run, environment, options, hooks });
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return await judge(place, { ...finished, folder, options, seconds });
}

async function openPlace(options: DemoOptions, environment: string, { report }: DemoHooks): Promise<Place> {
  const placeOptions = { ...(options.components !== undefined && { components: resolve(options.components) }), report };
  if (options.on === "laptop") return openLaptop(placeOptions.components);
  if (options.on === "daprd") return openDaprd(options.servers, environment, placeOptions);
  return openOpenSource(options.servers, inEnvironment(environment, "order-created"), placeOptions);
}

interface RunSetting {
  readonly run: RunFolder;
  readonly environment: string;
  readonly options: DemoOptions;
  readonly hooks: DemoHooks;
}

interface FinishedRun {
  readonly driven: DriveResult;
  readonly expected: Expected;
  readonly reports: string;
}

async function runAt(place: Place, setting: RunSetting): Promise<FinishedRun> {
  const { run, options, hooks } = setting;
  const data = join(exampleFolder, "data");
  const expected = expectedOf(await readDemoData(data, options.limit));
  await place.beforeRun();
  hooks.report(`starting the app with the components in ${place.components}`);
  const app = await startApp(await appOptions(place, setting));
  let driven: DriveResult;
  try {
    await hooks.onStarted?.({ folder: run.app, app });
    const kills = options.kill ? killSchedule(app, expected, hooks.report) : undefined;
    driven = await drive({
      ordersUrl: app.ordersUrl,
      inventoryUrl: app.inventoryUrl,
      dataFolder: data,
      signal: app.signal,
      onProgress: progressLines(hooks.report),
      hooks: {
        onOrdersDone: (count) => {
          kills?.at(count);
          hooks.onOrdersDone?.(count);
        },
      },
      ...(options.limit !== undefined && { limit: options.limit }),
      ...(hooks.deliveryTimeoutMs !== undefined && { deliveryTimeoutMs: hooks.deliveryTimeoutMs }),
    });
    await kills?.done();
  } finally {
    // The last counts are written when the processes end.
    await app.stop();
  }
  return { driven, expected, reports: run.reports };
}

async function appOptions(
  place: Place,
  { run: { app: folder, logFile, reports }, environment, hooks }: RunSetting,
): Promise<Parameters<typeof startApp>[0]> {
  const port = await freePortFamily([0, 1]);
  const home = join(folder, ".mecha", "home");
  await mkdir(home, { recursive: true });
  return {
    folder,
    logFile,
    ports: { orders: port, inventory: port + 1 },
    env: {
      ...place.env,
      DAPR_RESOURCES_PATHS: place.components,
      MECHA_NAMESPACE: folder,
      MECHA_CALL_REPORTS: reports,
      HOME: home,
      ...(environment !== "" && { ACME_ENV: environment }),
      ...hooks.env,
    },
    serviceEnv: {
      orders: { APP_ID: "orders", ...place.serviceEnv?.orders },
      inventory: { APP_ID: "inventory", ...place.serviceEnv?.inventory },
    },
    ...(place.onInventoryDown && { onInventoryDown: () => place.onInventoryDown?.() }),
  };
}

/** Kills at a third and two thirds of the run. */
function killSchedule(app: RunningApp, { orders }: Expected, report: (line: string) => void) {
  const total = orders.accepted + orders.refused;
  const work: Promise<unknown>[] = [];
  return {
    at(count: number): void {
      if (count === Math.floor(total / 3)) {
        report("killing one worker of orders (SIGKILL)");
        work.push(app.killWorker());
      }
      if (count === Math.floor((total * 2) / 3)) {
        report("killing inventory (SIGKILL) and starting it again");
        work.push(app.restartInventory());
      }
    },
    async done(): Promise<void> {
      await Promise.all(work);
    },
  };
}

/** A line for every tenth of the orders, and for each phase. */
function progressLines(
  report: (line: string) => void,
): (progress: Parameters<NonNullable<Parameters<typeof drive>[0]["onProgress"]>>[0]) => void {
  let last = "";
  return ({ phase, answered, total, delivered, expected }) => {
    const tenth = Math.floor((answered * 10) / total);
    const line =
      phase === "deliveries"
        ? `waiting for deliveries: ${String(expected)} expected`
        : `${phase}: ${String(tenth * 10)}% of ${String(total)} orders answered`;
    if (line === last || phase === "done") return;
    last = line;
    report(delivered > 0 && phase === "deliveries" ? `${line}, ${String(delivered)} recorded` : line);
  };
}

interface JudgedRun extends FinishedRun {
  readonly folder: string;
  readonly options: DemoOptions;
  readonly seconds: number;
}

async function judge(
  place: Place,
  { driven, expected, reports, folder, options, seconds }: JudgedRun,
): Promise<DemoReport> {
  const counted = await readCallReports(reports);
  const changed = changedFiles(await hashAppFiles(exampleFolder), await hashAppFiles(folder));
  const run: CountedRun = { folder, calls: counted, driven, killed: options.kill };
  const checks = [
    equal("result: as calculated from the data", driven.result, expected.result),
    equal("orders accepted", driven.orders.accepted, expected.orders.accepted),
    equal("orders refused", driven.orders.refused, expected.orders.refused),
    equal("messages lost", driven.messages.lost, 0),
    equal("messages delivered: different orders", driven.messages.delivered, expected.messages.delivered.length),
    redeliveryCheck(driven, expected),
    equal("app files changed", changed.join(", "), ""),
    ...adapterChecks(run),
    ...(await place.countChecks(run)),
  ];
  const { total, accepted, refused } = driven.orders;
  return {
    on: options.on,
    result: driven.result,
    orders: {
      total,
      accepted,
      refused,
      perSecond: Math.round(driven.ordersPerSecond),
      priceRuleChangedAt: driven.priceRuleChangedAt,
    },
    messages: driven.messages,
    calls: counted.map(({ adapter, component, type, backend, count, p50Us, p99Us }) => ({
      adapter,
      component,
      type,
      backend,
      count,
      p50Us,
      p99Us,
    })),
    appFilesChanged: changed.length,
    seconds,
    checks,
    ok: checks.every(({ ok }) => ok),
  };
}

function redeliveryCheck({ messages }: DriveResult, expected: Expected): Check {
  const least = expected.messages.redelivered.length;
  return {
    name: "messages redelivered",
    ok: messages.redelivered >= least,
    detail: `${String(messages.redelivered)}, expected at least ${String(least)}`,
  };
}

/** Every adapter must have had a part, and the provider must have seen the calls that the consumers counted. */
function adapterChecks({ calls, driven, killed }: CountedRun): readonly Check[] {
  const used = ["cache", "config", "mq", "rpc"].map((adapter) => ({
    name: `${adapter}: calls went through the adapter`,
    ok: countOf(calls, adapter) > 0,
    detail: `${String(countOf(calls, adapter))} calls`,
  }));
  const served = Object.values(driven.rpcCalls).reduce((sum, count) => sum + count, 0);
  const made = countOf(calls, "rpc");
  const rpc: Check = {
    name: "RPC calls: the provider's count and ours",
    ok: killed || served === made,
    detail: `${String(served)} served, ${String(made)} made`,
  };
  return [...used, rpc];
}
